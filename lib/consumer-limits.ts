/**
 * Time-out of the functions that read the stream, redo messages and dead letters: an SDK call has ended after
 * some 20 s at the worst (three tries of 5 s and what lies between), and two follow each other.
 */
export const CONSUMER_TIMEOUT_SECONDS = 60;

/** How long their queues hide a message: twice the time-out. */
export const CONSUMER_VISIBILITY_SECONDS = 2 * CONSUMER_TIMEOUT_SECONDS;

/** Redo messages and dead letters are rare: two invocations at a time are the least that a mapping may have. */
export const FEW_MESSAGES = { batchSize: 10, maxConcurrency: 2 } as const;
