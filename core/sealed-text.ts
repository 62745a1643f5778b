import { createHmac, timingSafeEqual } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';

/** What a sealed text belongs to, as JSON: it opens nothing else. */
export type SealScope = readonly unknown[];

/** JSON that callers carry and cannot change: base64url, and 128 bits of HMAC-SHA256 over it and the scope. */
export function sealText(scope: SealScope, content: unknown, key: string): string {
  const text = Buffer.from(JSON.stringify(content)).toString('base64url');
  return `${text}.${signature(scope, text, key)}`;
}

/** What is in a sealed text, if one of the keys sealed it for this scope; undefined else. */
export function openSealedText(scope: SealScope, sealed: string, keys: readonly string[]): unknown {
  const [text = '', given = '', ...more] = sealed.split('.');
  const isSealed = keys.some((key) => isSame(given, signature(scope, text, key)));
  if (!isSealed || more.length > 0) return undefined;
  return JSON.parse(Buffer.from(text, 'base64url').toString());
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function signature(scope: SealScope, text: string, key: string): string {
  const signed = canonicalJson([...scope, text]);
  return createHmac('sha256', key).update(signed).digest().subarray(0, 16).toString('base64url');
}
