import type { SQSRecord } from 'aws-lambda';
import type { LaneMessage } from '../../core/claim.ts';
import type { ReceivedMessage } from '../../core/ports.ts';

/** The body of a lane message. */
export function encodeLaneMessage({ task_id, generation }: LaneMessage): string {
  return JSON.stringify({ task_id, generation });
}

/** A received lane message; undefined when its body is none. */
export function parseLaneMessage(record: SQSRecord): ReceivedMessage | undefined {
  const body = parseJson(record.body);
  if (typeof body !== 'object' || body === null) return undefined;
  const { task_id, generation } = body as Partial<Record<keyof LaneMessage, unknown>>;
  if (typeof task_id !== 'string' || task_id === '' || !Number.isSafeInteger(generation)) return undefined;
  return {
    task_id,
    generation: Number(generation),
    messageId: record.messageId,
    receiptHandle: record.receiptHandle,
    receives: Number(record.attributes.ApproximateReceiveCount),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
