import type { Clock, TaskStore } from '../ports.ts';
import type { RowWrite, WriteOutcome } from '../row-write.ts';

type Write = TaskStore['write'];

/**
 * A `write` that many callers share: what they write in the same turn goes to the store in one call, as a batch
 * does. No two of them may write one row at a time.
 */
export function gatherWrites(write: Write, clock: Pick<Clock, 'wait'>): Write {
  let gathered: RowWrite[] = [];
  let sent: Promise<readonly WriteOutcome[]> | undefined;
  const flush = async (): Promise<readonly WriteOutcome[]> => {
    await clock.wait(0);
    const writes = gathered;
    gathered = [];
    sent = undefined;
    return await write(writes);
  };
  return async (writes) => {
    const from = gathered.length;
    gathered.push(...writes);
    sent ??= flush();
    return (await sent).slice(from, from + writes.length);
  };
}
