import type { Logger } from '@aws-lambda-powertools/logger';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { MessageHolder } from '../../core/ports.ts';
import { type BuryDeps, buryDeadLetters } from '../../core/usecases/bury-dead-letters.ts';
import { parseLaneMessage } from '../shared/lane-message.ts';

export interface DeadLetterDeps extends Omit<BuryDeps, 'messages'> {
  readonly messagesOf: (eventSourceArn: string) => MessageHolder;
  readonly logger: Pick<Logger, 'info' | 'error'>;
}

/**
 * Ends the tasks of dead letters with the reason. A message that is none is acknowledged and logged: there is
 * no task that it could wake.
 */
export function createHandler(deps: DeadLetterDeps) {
  return async (event: SQSEvent): Promise<SQSBatchResponse> => {
    const messages = event.Records.flatMap((record) => {
      const message = parseLaneMessage(record);
      if (message === undefined)
        deps.logger.error('a dead letter is no lane message', { message_id: record.messageId });
      return message ?? [];
    });
    const holder = deps.messagesOf(event.Records[0]?.eventSourceARN ?? '');
    const report = await buryDeadLetters({ ...deps, messages: holder }, messages);
    deps.logger.info('buried', { messages: event.Records.length, ended: report.endedTaskIds });
    return { batchItemFailures: report.failedMessageIds.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}
