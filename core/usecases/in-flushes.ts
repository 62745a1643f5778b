export interface FlushTerms {
  /** Values that are flushed together at the most. */
  readonly size: number;
  /** Milliseconds that the first value of a flush waits for others. */
  readonly afterMs: number;
  readonly wait: (ms: number) => Promise<void>;
}

/**
 * Hands on the values of promises in groups, as they come: when all are there, when `size` have gathered, or
 * `afterMs` after the first. A slow one never holds up the fast ones. Resolves when every flush is done;
 * rejects with the first rejection, after the others have been handed on.
 */
export async function inFlushes<T>(
  promises: readonly Promise<T>[],
  terms: FlushTerms,
  flush: (values: T[]) => Promise<void>,
): Promise<void> {
  let gathered: T[] = [];
  let open = promises.length;
  const flushes: Promise<void>[] = [];
  const errors: unknown[] = [];

  const flushNow = () => {
    if (gathered.length === 0) return;
    const values = gathered;
    gathered = [];
    flushes.push(flush(values).catch((error: unknown) => void errors.push(error)));
  };
  const flushLater = async (values: T[]) => {
    // What is settled at this moment already comes first: where that is all, nothing waits.
    await undefined;
    if (values !== gathered) return;
    await terms.wait(terms.afterMs);
    if (values === gathered) flushNow();
  };
  const settle = () => {
    open -= 1;
    if (open === 0 || gathered.length >= terms.size) flushNow();
  };

  await Promise.all(
    promises.map((promise) =>
      promise.then(
        (value) => {
          gathered.push(value);
          settle();
          if (gathered.length === 1) void flushLater(gathered);
        },
        (error: unknown) => {
          errors.push(error);
          settle();
        },
      ),
    ),
  );
  await Promise.all(flushes);
  if (errors.length > 0) throw errors[0];
}
