/** What a receiver checks of a delivery. */
export interface WebhookDelivery {
  /** The body as it was received, byte for byte. */
  readonly body: string;
  /** The header `tasklane-signature`. */
  readonly signature: string | null | undefined;
  /** The deployment's webhook secret. */
  readonly secret: string;
  /** Seconds that a delivery may be old, or ahead. @default 300 */
  readonly toleranceSeconds?: number;
  /** Milliseconds since 1970. @default now */
  readonly nowMs?: number;
}

/**
 * Whether a delivery comes from the deployment that has the secret, and was sent just now. Works wherever there
 * is Web Crypto. An old delivery that somebody sends again is refused; keep its `task_id` and `event` if the same
 * one must not count twice within the tolerance, since deliveries are at least once.
 */
export async function verifyWebhook(delivery: WebhookDelivery): Promise<boolean> {
  const { body, signature, secret, toleranceSeconds = 300, nowMs = Date.now() } = delivery;
  const parts = (signature ?? '').split(',').map((part) => part.trim().split('='));
  const seconds = Number(parts.find(([name]) => name === 't')?.[1]);
  if (!Number.isFinite(seconds) || Math.abs(nowMs / 1000 - seconds) > toleranceSeconds) return false;
  const encoder = new TextEncoder();
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), algorithm, false, ['verify']);
  const signed = encoder.encode(`${seconds}.${body}`);
  for (const [name, hex = ''] of parts) {
    if (name !== 'v1' || !/^[0-9a-f]{64}$/.test(hex)) continue;
    const bytes = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
    if (await crypto.subtle.verify('HMAC', key, bytes, signed)) return true;
  }
  return false;
}
