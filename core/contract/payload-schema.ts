import * as z from 'zod';
import { LIMITS } from './limits.ts';

/** A payload: any JSON that its type takes, up to 200 KB. */
export const payloadSchema = z.unknown().check(({ value, issues }) => {
  if (value === undefined) return;
  const bytes = Buffer.byteLength(JSON.stringify(value));
  if (bytes <= LIMITS.payloadBytes) return;
  const message = `the payload has ${bytes} bytes of JSON; at most ${LIMITS.payloadBytes} are allowed`;
  issues.push({ code: 'custom', message, input: value });
});
