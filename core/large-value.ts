import { LIMITS } from './contract/limits.ts';

/** UTF-8 takes at most three bytes for each UTF-16 unit, so most texts need not be measured. */
const MAX_BYTES_A_UNIT = 3;

/** Whether a value's JSON text is too large for the tables. */
export function isLarge(text: string): boolean {
  if (text.length * MAX_BYTES_A_UNIT <= LIMITS.tableValueBytes) return false;
  return text.length > LIMITS.tableValueBytes || Buffer.byteLength(text) > LIMITS.tableValueBytes;
}
