import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';

/** The CloudWatch namespace of everything that Tasklane measures. */
export const METRICS_NAMESPACE = 'Tasklane';

/** The logger of a function: JSON lines; service, level and function name come from the environment. */
export const buildLogger = (): Logger => new Logger();

/** The metrics of a function: one EMF line for each flush; `stage` is the only standing dimension. */
export function buildMetrics(stage: string): Metrics {
  return new Metrics({ namespace: METRICS_NAMESPACE, defaultDimensions: { stage } });
}
