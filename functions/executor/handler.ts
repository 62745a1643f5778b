import type { Logger } from '@aws-lambda-powertools/logger';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { ATTEMPT_MARGIN_SECONDS } from '../../core/attempt-bounds.ts';
import type { MessageHolder, MessageRemover } from '../../core/ports.ts';
import { type BatchReport, type ExecuteBatchDeps, executeBatch } from '../../core/usecases/execute-batch.ts';
import { executeOrdered } from '../../core/usecases/execute-ordered.ts';
import { wakeOrdered } from '../../core/usecases/wake-ordered.ts';
import { parseLaneMessage } from '../shared/lane-message.ts';

export interface ExecutorDeps extends Omit<ExecuteBatchDeps, 'messages' | 'onTrouble' | 'run'> {
  /** As of a batch; the attempt is ended before the invocation is. @default the invocation never ends */
  readonly run: (
    ...run: [...Parameters<ExecuteBatchDeps['run']>, invocationEndsAtMs?: number]
  ) => ReturnType<ExecuteBatchDeps['run']>;
  readonly messagesOf: (eventSourceArn: string) => MessageHolder;
  /** Deletes messages of the ordered queue; undefined for every other queue. */
  readonly removerOf: (eventSourceArn: string) => MessageRemover | undefined;
  /** The most that an attempt may take. */
  readonly attemptMs: number;
  readonly logger: Pick<Logger, 'info' | 'error'>;
  readonly measure: (report: BatchReport, unreadable: number) => void;
}

/** A message that is none is handed out again so often, and so soon, that it is a dead letter within a minute. */
const UNREADABLE_DELAY_SECONDS = 1;

/**
 * Executes the tasks of one queue's messages. A message that is none is put back until it is a dead letter, where it
 * is seen; the ordered queue has no dead letters, there it is deleted and counted.
 */
export function createHandler(deps: ExecutorDeps) {
  return async (
    event: SQSEvent,
    context?: Pick<Context, 'getRemainingTimeInMillis'>,
  ): Promise<SQSBatchResponse> => {
    const endsAtMs =
      context === undefined ? undefined : deps.clock.nowMs() + context.getRemainingTimeInMillis();
    const arn = event.Records[0]?.eventSourceARN ?? '';
    const messages = deps.messagesOf(arn);
    const remover = deps.removerOf(arn);
    const parsed = event.Records.map((record) => ({ record, message: parseLaneMessage(record) }));
    const received = parsed.flatMap(({ message }) => message ?? []);
    const unreadable = parsed.flatMap(({ record, message }) => (message === undefined ? [record] : []));
    if (unreadable.length > 0) await seeToUnreadable(deps, unreadable, remover ? undefined : messages);

    const run: ExecuteBatchDeps['run'] = (row, payloadText, stop) =>
      deps.run(row, payloadText, stop, endsAtMs);
    const batch = { ...deps, messages, run, onTrouble: tellTrouble(deps) };
    const neededMs = deps.attemptMs + ATTEMPT_MARGIN_SECONDS * 1000;
    const hasTime = () => endsAtMs === undefined || endsAtMs - deps.clock.nowMs() >= neededMs;
    const [report, asleep] = await Promise.all([
      remover === undefined
        ? executeBatch(
            batch,
            received.filter(({ wake }) => !wake),
          )
        : executeOrdered({ ...batch, remover, hasTime }, received),
      wakeOrdered(
        batch,
        received.filter(({ wake }) => wake),
      ),
    ]);
    deps.measure(report, unreadable.length);
    deps.logger.info('executed', summaryOf(report, event.Records.length));
    const backAgain = remover === undefined ? unreadable.map(({ messageId }) => messageId) : [];
    const failed = [...report.failedMessageIds, ...asleep, ...backAgain];
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}

function tellTrouble({ logger }: Pick<ExecutorDeps, 'logger'>): ExecuteBatchDeps['onTrouble'] {
  return (row, error) =>
    logger.error(row === undefined ? 'attempts could not be watched' : 'an attempt could not begin', {
      ...(row === undefined ? {} : { task_id: row.task_id, attempt: row.attempt }),
      error: error as Error,
    });
}

/** `holder` puts them back; without one they are deleted with their batch. */
async function seeToUnreadable(
  deps: Pick<ExecutorDeps, 'logger'>,
  records: readonly SQSRecord[],
  holder?: MessageHolder,
): Promise<void> {
  deps.logger.error('these are no lane messages', { message_ids: records.map(({ messageId }) => messageId) });
  await holder?.putBack(
    records.map(({ receiptHandle }) => ({ receiptHandle, delaySeconds: UNREADABLE_DELAY_SECONDS })),
  );
}

/** Log keys of a batch; failed attempts by task, since those are what somebody will look for. */
function summaryOf(report: BatchReport, received: number) {
  const failures = report.finished.flatMap(({ row, outcome }) =>
    'failure' in outcome
      ? [{ task_id: row.task_id, type: row.type, attempt: row.attempt, code: outcome.failure.code }]
      : [],
  );
  return {
    received,
    finished: report.finished.length,
    kept: report.failedMessageIds.length,
    refused_claims: report.refusedClaims,
    ...(failures.length === 0 ? {} : { failures }),
  };
}
