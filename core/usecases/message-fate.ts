/** What becomes of a received message. */
export type Fate =
  /** It is deleted. */
  | { readonly kind: 'acknowledge' }
  /** It comes back after so many seconds. */
  | { readonly kind: 'put_back'; readonly delaySeconds: number }
  /** It is left alone and comes back when its visibility runs out. */
  | { readonly kind: 'report' };

export const FATE_ACKNOWLEDGE: Fate = { kind: 'acknowledge' };

/** SQS's longest visibility is 12 hours from the receive; an hour of it is left for the receiver. */
const MAX_PUT_BACK_SECONDS = 11 * 3600;

/** Seconds until a message whose task is not claimable yet is worth another look. */
export function putBackSeconds(untilMs: number, nowMs: number): number {
  return Math.min(Math.max(Math.ceil((untilMs - nowMs) / 1000), 1), MAX_PUT_BACK_SECONDS);
}

/** Seconds until a message that could not be worked on is tried again: 2, 4, 8 … 60, by its receives. */
export function retryLaterSeconds(receives: number): number {
  return Math.min(2 ** Math.min(receives, 6), 60);
}
