import { hash } from 'node:crypto';

/**
 * The id of a message group: 128 bits of SHA-256 over what the group stands for, 22 characters (SQS takes 128, of
 * which callers' texts may use none). Other parts are another group, also where their texts run together.
 */
export function groupIdOf(...parts: readonly string[]): string {
  return hash('sha256', JSON.stringify(parts), 'buffer').subarray(0, 16).toString('base64url');
}
