import { openSealedText, type SealScope, sealText } from './sealed-text.ts';

/** What a cursor belongs to: it opens nothing else. */
export interface CursorScope {
  readonly route: string;
  readonly tenant: string;
  readonly filter: Readonly<Record<string, unknown>>;
}

/** How long a cursor may be used. */
export const CURSOR_LIFE_MS = 24 * 3600 * 1000;

/** An opaque cursor: `[expiry, position]`, sealed. */
export function signCursor(scope: CursorScope, position: string, nowMs: number, key: string): string {
  return sealText(sealScope(scope), [nowMs + CURSOR_LIFE_MS, position], key);
}

/** The position in a cursor, if one of the keys signed it for this scope and it has not expired. */
export function openCursor(
  scope: CursorScope,
  cursor: string,
  nowMs: number,
  keys: readonly string[],
): string | undefined {
  const opened = openSealedText(sealScope(scope), cursor, keys) as readonly [number, string] | undefined;
  if (opened === undefined) return undefined;
  const [expiresAtMs, position] = opened;
  return expiresAtMs > nowMs ? position : undefined;
}

function sealScope({ route, tenant, filter }: CursorScope): SealScope {
  return [route, tenant, filter];
}
