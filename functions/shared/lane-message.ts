import type { SQSRecord } from 'aws-lambda';
import type { LaneMessage } from '../../core/claim.ts';
import type { OutgoingMessage, ReceivedMessage } from '../../core/ports.ts';

/** The body of a lane message. */
export function encodeLaneMessage(message: LaneMessage & Pick<OutgoingMessage, 'wake'>): string {
  const { task_id, generation, wake } = message;
  return JSON.stringify({ task_id, generation, ...(wake ? { wake } : {}) });
}

/** A received lane message; undefined when its body is none. */
export function parseLaneMessage(record: SQSRecord): ReceivedMessage | undefined {
  const body = parseJson(record.body);
  if (typeof body !== 'object' || body === null) return undefined;
  const { task_id, generation, wake } = body as Partial<Record<keyof LaneMessage | 'wake', unknown>>;
  if (typeof task_id !== 'string' || task_id === '' || !Number.isSafeInteger(generation)) return undefined;
  return {
    task_id,
    generation: Number(generation),
    messageId: record.messageId,
    receiptHandle: record.receiptHandle,
    receives: Number(record.attributes.ApproximateReceiveCount),
    ...(record.attributes.MessageGroupId === undefined ? {} : { group: record.attributes.MessageGroupId }),
    ...(wake === true ? { wake } : {}),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
