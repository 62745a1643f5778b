import type { Logger } from '@aws-lambda-powertools/logger';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { type ReleaseDeps, releaseDependents } from '../../core/usecases/release-dependents.ts';
import { parseReleaseMessage } from '../shared/release-message.ts';

export interface ReleaseHandlerDeps extends ReleaseDeps {
  readonly logger: Pick<Logger, 'info' | 'error'>;
}

/**
 * Tells dependents of the end, or the start, of what they wait for. A message that is none is acknowledged and
 * logged: there is nobody whom it could wake.
 */
export function createHandler(deps: ReleaseHandlerDeps) {
  return async (event: SQSEvent): Promise<SQSBatchResponse> => {
    const received = event.Records.flatMap((record) => {
      const message = parseReleaseMessage(record);
      if (message === undefined)
        deps.logger.error('a message is no release message', { message_id: record.messageId });
      return message === undefined ? [] : [{ message, messageId: record.messageId }];
    });
    const report = await releaseDependents(
      deps,
      received.map(({ message }) => message),
    );
    const failed = received.flatMap(({ message, messageId }, place) => {
      const failure = report.failures[place];
      if (failure === undefined) return [];
      deps.logger.error('dependents are not told for certain', { task_id: message.task_id, failure });
      return [messageId];
    });
    const { edges } = report;
    deps.logger.info('released', { messages: event.Records.length, edges, failed: failed.length });
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}
