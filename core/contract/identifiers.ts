import * as z from 'zod';
import { describeValue } from './describe-value.ts';

/** An id that callers choose: of an agent, for example. */
export const idSchema = z.string().regex(/^[A-Za-z0-9_.:-]{1,128}$/, {
  error: ({ input }) =>
    `an id has 1 to 128 characters of A-Z a-z 0-9 _ . : -; this is ${describeValue(input)}, of ${String(input).length}`,
});

const TASK_ID = /^task-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The id of a task. */
export const taskIdSchema = z.string().regex(TASK_ID, 'a task id is "task-" and a UUID');

/** Text that every table and tool holds as it is: no half of a surrogate pair. */
export function textSchema(maxCharacters: number) {
  return z
    .string()
    .max(maxCharacters)
    .refine((text) => text.isWellFormed(), 'the text has half a surrogate pair; send whole characters');
}

/** A key that callers choose: of an order, for example. It may be an address or a name of their own. */
export const keySchema = textSchema(128).regex(
  /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u,
  'a key has 1 to 128 printable characters',
);

/** A moment: UTC, ISO 8601, of a day that exists. */
export const momentSchema = z.iso.datetime(
  'a time is UTC in ISO 8601, such as 2026-11-21T10:00:00.000Z, of a day that exists',
);
