import type { AttemptResult } from '../../../core/attempt-result.ts';
import { ItemCodec } from './item-codec.ts';

/** How an attempt's result is stored in the results table. */
export const resultItem = new ItemCodec<AttemptResult>({
  task_id: 'string',
  attempt: 'number',
  succeeded: 'boolean',
  output: 'string',
  output_bytes: 'number',
  error: 'json',
  decision: 'json',
  started_at: 'number',
  ended_at: 'number',
  usage: 'json',
  debug: 'json',
  expires_at: 'number',
});

/** A payload too large for its task's row, stored under attempt 0. */
export interface PayloadItem {
  readonly task_id: string;
  readonly attempt: 0;
  readonly payload: string;
  readonly expires_at: number;
}

/** How such a payload is stored in the results table. */
export const payloadItem = new ItemCodec<PayloadItem>({
  task_id: 'string',
  attempt: 'number',
  payload: 'string',
  expires_at: 'number',
});
