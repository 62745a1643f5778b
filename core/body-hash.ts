import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';

/**
 * What a row keeps of the body it was submitted in: 128 bits of SHA-256 over the canonical JSON, 22 characters.
 * Two bodies of one caller that meet by chance are out of the question, and each byte is paid in every row.
 */
export function bodyHash(body: unknown): string {
  return createHash('sha256').update(canonicalJson(body)).digest().subarray(0, 16).toString('base64url');
}
