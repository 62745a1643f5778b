import { createHmac } from 'node:crypto';

/** The header of a delivery that proves who sent it: `t=<seconds since 1970>,v1=<hex>[,v1=<hex>]`. */
export const SIGNATURE_HEADER = 'tasklane-signature';

/**
 * The signature of a delivery: HMAC-SHA256 over `<seconds>.<body>`, in hex, with each of the valid keys, so that
 * a receiver may know either of them while a secret is rotated.
 */
export function signWebhook(body: string, nowMs: number, keys: readonly string[]): string {
  const seconds = Math.floor(nowMs / 1000);
  const marks = keys.map(
    (key) => `v1=${createHmac('sha256', key).update(`${seconds}.${body}`).digest('hex')}`,
  );
  return [`t=${seconds}`, ...marks].join(',');
}
