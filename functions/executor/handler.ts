import type { Logger } from '@aws-lambda-powertools/logger';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { MessageHolder } from '../../core/ports.ts';
import { type BatchReport, type ExecuteBatchDeps, executeBatch } from '../../core/usecases/execute-batch.ts';
import { parseLaneMessage } from '../shared/lane-message.ts';

export interface ExecutorDeps extends Omit<ExecuteBatchDeps, 'messages' | 'onTrouble'> {
  readonly messagesOf: (eventSourceArn: string) => MessageHolder;
  readonly logger: Pick<Logger, 'info' | 'error'>;
  readonly measure: (report: BatchReport) => void;
}

/**
 * Executes the tasks of one lane's messages. A message that is none is reported: its lane hands it out until
 * it is a dead letter, where it is seen.
 */
export function createHandler(deps: ExecutorDeps) {
  return async (event: SQSEvent): Promise<SQSBatchResponse> => {
    const unreadable: string[] = [];
    const messages = event.Records.flatMap((record) => {
      const message = parseLaneMessage(record);
      if (message === undefined) unreadable.push(record.messageId);
      return message ?? [];
    });
    if (unreadable.length > 0) deps.logger.error('these are no lane messages', { message_ids: unreadable });

    const report = await executeBatch(
      {
        ...deps,
        messages: deps.messagesOf(event.Records[0]?.eventSourceARN ?? ''),
        onTrouble: ({ task_id, attempt }, error) =>
          deps.logger.error('an attempt could not begin', { task_id, attempt, error: error as Error }),
      },
      messages,
    );
    deps.measure(report);
    deps.logger.info('executed', summaryOf(report, event.Records.length));
    const failed = [...report.failedMessageIds, ...unreadable];
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}

/** Log keys of a batch; failed attempts by task, since those are what somebody will look for. */
function summaryOf(report: BatchReport, received: number) {
  const failures = report.finished.flatMap(({ row, outcome }) =>
    outcome.kind === 'succeeded'
      ? []
      : [{ task_id: row.task_id, type: row.type, attempt: row.attempt, code: outcome.failure.code }],
  );
  return {
    received,
    finished: report.finished.length,
    kept: report.failedMessageIds.length,
    refused_claims: report.refusedClaims,
    ...(failures.length === 0 ? {} : { failures }),
  };
}
