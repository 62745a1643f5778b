import type { Clock, TaskStore } from '../ports.ts';
import type { RowWrite, WriteOutcome } from '../row-write.ts';

type Write = TaskStore['write'];

/**
 * A `write` that many callers share: what they write in the same turn goes to the store in one call, as a batch
 * does. Where several of them write one row, as two who mark the same dependency, each next one goes in a call after
 * that: a store takes one write of a row at a time.
 */
export function gatherWrites(write: Write, clock: Pick<Clock, 'wait'>): Write {
  let gathered: RowWrite[] = [];
  let sent: Promise<readonly WriteOutcome[]> | undefined;
  const flush = async (): Promise<readonly WriteOutcome[]> => {
    await clock.wait(0);
    const writes = gathered;
    gathered = [];
    sent = undefined;
    return await writeInCalls(write, writes);
  };
  return async (writes) => {
    const from = gathered.length;
    gathered.push(...writes);
    sent ??= flush();
    return (await sent).slice(from, from + writes.length);
  };
}

/** Every answer at its write's place; no call has two writes of one row. */
async function writeInCalls(write: Write, writes: readonly RowWrite[]): Promise<readonly WriteOutcome[]> {
  const outcomes: WriteOutcome[] = [];
  let open = [...writes.entries()];
  while (open.length > 0) {
    const taken = new Set<string>();
    const later: typeof open = [];
    const now = open.filter((entry) => {
      const isFirst = !taken.has(entry[1].taskId);
      taken.add(entry[1].taskId);
      if (!isFirst) later.push(entry);
      return isFirst;
    });
    const answers = await write(now.map(([, one]) => one));
    for (const [at, [place]] of now.entries())
      outcomes[place] = answers[at] ?? { kind: 'unconfirmed', reason: 'no answer at its place' };
    open = later;
  }
  return outcomes;
}
