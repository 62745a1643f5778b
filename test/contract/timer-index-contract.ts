import { expect, it } from 'vitest';
import type { TaskStore } from '../../core/ports.ts';
import type { TaskRow } from '../../core/task-row.ts';
import type { TimerIndex, TimerPosition } from '../../core/usecases/sweep-timers.ts';
import { aRow } from '../support/builders.ts';
import { until } from '../support/until.ts';

export interface TimerIndexUnderTest {
  readonly tasks: TaskStore;
  readonly timers: TimerIndex;
}

let serial = 0;

/** What every timer index does alike. */
export function timerIndexContract(build: () => TimerIndexUnderTest): void {
  const inserted = async (tasks: TaskStore, moments: readonly number[]): Promise<[string, TaskRow[]]> => {
    serial += 1;
    const shard = `shard-${serial}`;
    const rows = moments.map((timer_at): TaskRow => ({ ...aRow(), timer_at, timer_in: shard }));
    await tasks.insert(rows);
    return [shard, rows];
  };
  const pagesOf = async (timers: TimerIndex, shard: string, untilMs: number, limit: number) => {
    const pages: (readonly string[])[] = [];
    let after: TimerPosition | undefined;
    do {
      const page = await timers.due({ shard, untilMs, limit, ...(after === undefined ? {} : { after }) });
      pages.push(page.taskIds);
      after = page.next;
    } while (after !== undefined);
    return pages;
  };
  const idsOf = (rows: readonly (TaskRow | undefined)[]) => rows.map((row) => row?.task_id);

  it('names what is due in its shard, the earliest first, up to a moment', async () => {
    const { tasks, timers } = build();
    const [shard, rows] = await inserted(tasks, [30, 10, 20, 31]);
    await inserted(tasks, [10]);
    const due = async () => (await pagesOf(timers, shard, 30, 100)).flat();
    await until('the index to have all', async () => (await due()).length === 3);
    expect(await due()).toEqual(idsOf([rows[1], rows[2], rows[0]]));
  });

  it('goes on from page to page, also among equal moments', async () => {
    const { tasks, timers } = build();
    const [shard, rows] = await inserted(tasks, [5, 5, 5, 5, 6]);
    const due = async () => (await pagesOf(timers, shard, 10, 2)).flat();
    await until('the index to have all', async () => (await due()).length === 5);
    expect((await due()).toSorted()).toEqual(idsOf(rows).toSorted());
  });

  it('forgets a row that has no timer any more', async () => {
    const { tasks, timers } = build();
    const [shard, rows] = await inserted(tasks, [5]);
    const [row] = rows;
    await tasks.write([
      {
        taskId: row?.task_id ?? '',
        expect: [{ attribute: 'timer_at', equals: 5 }],
        set: {},
        increment: [],
        remove: ['timer_at', 'timer_in'],
        returnRow: false,
      },
    ]);
    await until('the entry to go', async () => (await pagesOf(timers, shard, 10, 2)).flat().length === 0);
  });
}
