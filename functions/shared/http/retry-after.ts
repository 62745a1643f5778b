const DAY_NAME = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /;

/**
 * Seconds that a `Retry-After` header asks to wait from `nowMs`: a number of seconds, or an HTTP date in any of
 * its three forms (RFC 9110, 5.6.7). 0 for a date gone by; undefined for anything else.
 */
export function retryAfterSeconds(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text);
  if (!DAY_NAME.test(text)) return undefined;
  // The oldest form (asctime) names no zone, and means GMT like the others.
  const atMs = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return Number.isNaN(atMs) ? undefined : Math.max(0, Math.ceil((atMs - nowMs) / 1000));
}
