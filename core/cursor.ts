import { createHmac, timingSafeEqual } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';

/** What a cursor belongs to: it opens nothing else. */
export interface CursorScope {
  readonly route: string;
  readonly tenant: string;
  readonly filter: Readonly<Record<string, unknown>>;
}

/** How long a cursor may be used. */
export const CURSOR_LIFE_MS = 24 * 3600 * 1000;

/**
 * An opaque cursor: base64url of `[expiry, position]`, and 128 bits of HMAC-SHA256 over that and the scope.
 */
export function signCursor(scope: CursorScope, position: string, nowMs: number, key: string): string {
  const content = Buffer.from(JSON.stringify([nowMs + CURSOR_LIFE_MS, position])).toString('base64url');
  return `${content}.${seal(scope, content, key)}`;
}

/** The position in a cursor, if one of the keys signed it for this scope and it has not expired. */
export function openCursor(
  scope: CursorScope,
  cursor: string,
  nowMs: number,
  keys: readonly string[],
): string | undefined {
  const [content = '', signature = '', ...more] = cursor.split('.');
  const given = Buffer.from(signature);
  const isSigned = keys.some((key) => {
    const expected = Buffer.from(seal(scope, content, key));
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
  if (!isSigned || more.length > 0) return undefined;
  const [expiresAtMs, position] = JSON.parse(Buffer.from(content, 'base64url').toString()) as [
    number,
    string,
  ];
  return expiresAtMs > nowMs ? position : undefined;
}

function seal({ route, tenant, filter }: CursorScope, content: string, key: string): string {
  const text = canonicalJson([route, tenant, filter, content]);
  return createHmac('sha256', key).update(text).digest().subarray(0, 16).toString('base64url');
}
