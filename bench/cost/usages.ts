import { PATH_FUNCTIONS, type PathFunction } from '../path/path-functions.ts';
import type { PathReport, StageReport } from '../path/walk-path.ts';
import type { SynthesizedApp } from '../synthesized-app.ts';
import { billedSeconds, type Invocation, type Usage } from './cost-model.ts';
import { accessLogLine, logBytes, metricsOf } from './log-bytes.ts';
import { REQUEST_BYTES, SECONDS_A_MONTH } from './prices.ts';
import type { SubmissionMode } from './submission-modes.ts';

/** Lambda's pollers of a queue at rest, and the seconds that each of their receives waits. */
const POLLERS = 5;
const RECEIVE_WAIT_SECONDS = 20;

/** App clients that the user pool has for machines: one a role. */
const MACHINE_CLIENTS = 3;

/** A walk of the path that was counted. */
export interface CountedWalk {
  readonly mode: SubmissionMode;
  readonly tasks: number;
  readonly report: PathReport;
  /** AWS calls of one invocation that follow one after the other. */
  readonly callsInRow: Readonly<Record<PathFunction, number>>;
}

/** All that the walk used, and what is used around it, for one task. */
export function usagesOf(
  { mode, tasks, report: walk, callsInRow }: CountedWalk,
  app: SynthesizedApp,
): readonly Usage[] {
  const monthOfTasks = mode.tasksPerSecond * SECONDS_A_MONTH;
  const logs = PATH_FUNCTIONS.flatMap((name) => walk[name].log);
  const executions = walk.executor.invocations / tasks;
  const idleReceives = (app.queueMappings * POLLERS) / RECEIVE_WAIT_SECONDS / mode.tasksPerSecond;
  return [
    { part: 'API Gateway', unit: 'http_api_request', perTask: walk.api.invocations / tasks },
    {
      part: 'API Gateway',
      unit: 'log_byte',
      perTask: logBytes([accessLogLine(app.accessLogFormat)]) / mode.sizes.api,
    },
    ...PATH_FUNCTIONS.flatMap((name) =>
      functionUsages(name, walk[name], tasks, {
        callsInRow: callsInRow[name],
        memoryMb: app.memoryMb[name] ?? 0,
      }),
    ),
    // Lambda receives and deletes what the executor gets at once: a request each.
    { part: 'SQS receives', unit: 'sqs_fair_request', perTask: executions },
    { part: 'SQS deletes', unit: 'sqs_fair_request', perTask: executions },
    { part: 'SQS receives that find nothing', unit: 'sqs_request', perTask: idleReceives },
    { part: 'CloudWatch', unit: 'metric_month', perTask: metricsOf(logs).size / monthOfTasks },
    { part: 'Cognito', unit: 'machine_client_month', perTask: MACHINE_CLIENTS / monthOfTasks },
  ];
}

function functionUsages(
  name: string,
  stage: StageReport,
  tasks: number,
  { callsInRow, memoryMb }: Omit<Invocation, 'cpuMs'>,
): readonly Usage[] {
  const { invocations, cpuMs, counts, log } = stage;
  const seconds = billedSeconds({ cpuMs: cpuMs / invocations, callsInRow, memoryMb });
  const units = (all: Readonly<Record<string, number>>) =>
    Object.entries(all).map(([what, used]) => ({ part: `DynamoDB ${what}`, perTask: used / tasks }));
  const sqs = Object.entries(counts.operations).filter(([operation]) => operation.startsWith('sqs.'));
  return [
    { part: name, unit: 'lambda_request', perTask: invocations / tasks },
    { part: name, unit: 'lambda_gb_second', perTask: (invocations * seconds * memoryMb) / 1024 / tasks },
    { part: name, unit: 'log_byte', perTask: logBytes(log) / tasks },
    ...units(counts.writeUnits).map((usage) => ({ ...usage, unit: 'write_unit' as const })),
    ...units(counts.readUnits).map((usage) => ({ ...usage, unit: 'read_unit' as const })),
    ...sqs.map(([, { calls, requestBytes }]) => ({
      part: 'SQS sends',
      unit: 'sqs_fair_request' as const,
      perTask: (calls * Math.ceil(requestBytes / calls / REQUEST_BYTES.sqs_fair_request)) / tasks,
    })),
  ];
}
