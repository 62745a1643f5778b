import type { Logger } from '@aws-lambda-powertools/logger';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { MessageHolder } from '../../core/ports.ts';
import { type BatchReport, type ExecuteBatchDeps, executeBatch } from '../../core/usecases/execute-batch.ts';
import { parseLaneMessage } from '../shared/lane-message.ts';

export interface ExecutorDeps extends Omit<ExecuteBatchDeps, 'messages' | 'onTrouble' | 'run'> {
  /** As of a batch; the attempt is ended before the invocation is. @default the invocation never ends */
  readonly run: (
    ...run: [...Parameters<ExecuteBatchDeps['run']>, invocationEndsAtMs?: number]
  ) => ReturnType<ExecuteBatchDeps['run']>;
  readonly messagesOf: (eventSourceArn: string) => MessageHolder;
  readonly logger: Pick<Logger, 'info' | 'error'>;
  readonly measure: (report: BatchReport) => void;
}

/** A message that is none is handed out again so often, and so soon, that it is a dead letter within a minute. */
const UNREADABLE_DELAY_SECONDS = 1;

/**
 * Executes the tasks of one lane's messages. A message that is none is put back until it is a dead letter,
 * where it is seen.
 */
export function createHandler(deps: ExecutorDeps) {
  return async (
    event: SQSEvent,
    context?: Pick<Context, 'getRemainingTimeInMillis'>,
  ): Promise<SQSBatchResponse> => {
    const endsAtMs =
      context === undefined ? undefined : deps.clock.nowMs() + context.getRemainingTimeInMillis();
    const holder = deps.messagesOf(event.Records[0]?.eventSourceARN ?? '');
    const parsed = event.Records.map((record) => ({ record, message: parseLaneMessage(record) }));
    const unreadable = parsed.flatMap(({ record, message }) => (message === undefined ? [record] : []));
    if (unreadable.length > 0) await putBackUnreadable(deps, holder, unreadable);

    const report = await executeBatch(
      {
        ...deps,
        messages: holder,
        run: (row, payloadText, stop) => deps.run(row, payloadText, stop, endsAtMs),
        onTrouble: (row, error) =>
          deps.logger.error(
            row === undefined ? 'attempts could not be watched' : 'an attempt could not begin',
            {
              ...(row === undefined ? {} : { task_id: row.task_id, attempt: row.attempt }),
              error: error as Error,
            },
          ),
      },
      parsed.flatMap(({ message }) => message ?? []),
    );
    deps.measure(report);
    deps.logger.info('executed', summaryOf(report, event.Records.length));
    const failed = [...report.failedMessageIds, ...unreadable.map(({ messageId }) => messageId)];
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}

async function putBackUnreadable(
  deps: Pick<ExecutorDeps, 'logger'>,
  holder: MessageHolder,
  records: readonly SQSRecord[],
): Promise<void> {
  deps.logger.error('these are no lane messages', { message_ids: records.map(({ messageId }) => messageId) });
  await holder.putBack(
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
