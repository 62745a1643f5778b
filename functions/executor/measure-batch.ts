import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { BatchReport } from '../../core/usecases/execute-batch.ts';

/**
 * Counts what a batch did: one EMF line, three metrics, whatever the batch's size; a fourth if there were messages that
 * are none.
 */
export function measureBatch(metrics: Metrics, report: BatchReport, unreadable: number): void {
  const failed = report.finished.filter(({ outcome }) => 'failure' in outcome).length;
  const succeeded = report.finished.filter(({ outcome }) => outcome.kind === 'succeeded').length;
  metrics.addMetric('AttemptsSucceeded', MetricUnit.Count, succeeded);
  metrics.addMetric('AttemptsFailed', MetricUnit.Count, failed);
  metrics.addMetric('ClaimsRefused', MetricUnit.Count, report.refusedClaims);
  if (unreadable > 0) metrics.addMetric('MessagesUnreadable', MetricUnit.Count, unreadable);
  metrics.publishStoredMetrics();
}
