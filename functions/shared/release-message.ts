import type { SQSRecord } from 'aws-lambda';
import type { ReleaseMessage } from '../../core/release-message.ts';

const KINDS: readonly unknown[] = ['end', 'start', 'empty'] satisfies readonly ReleaseMessage['of'][];

/** The body of a release message. */
export function encodeReleaseMessage({ task_id, of, after }: ReleaseMessage): string {
  return JSON.stringify({ task_id, of, after });
}

/** A received release message; undefined when its body is none. */
export function parseReleaseMessage({ body }: Pick<SQSRecord, 'body'>): ReleaseMessage | undefined {
  const parsed = parseJson(body);
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const { task_id, of, after } = parsed as Partial<Record<keyof ReleaseMessage, unknown>>;
  if (typeof task_id !== 'string' || task_id === '' || !KINDS.includes(of)) return undefined;
  if (after !== undefined && typeof after !== 'string') return undefined;
  return { task_id, of: of as ReleaseMessage['of'], ...(after === undefined ? {} : { after }) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
