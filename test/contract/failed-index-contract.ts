import { expect, it } from 'vitest';
import type { FailedIndex } from '../../core/failed-index.ts';
import type { TaskStore } from '../../core/ports.ts';
import type { TaskRow } from '../../core/task-row.ts';
import { aRow, NOW_MS } from '../support/builders.ts';
import { until } from '../support/until.ts';

/** What every index of failed tasks does alike. Its rows are its test's alone. */
export function failedIndexContract(build: () => { tasks: TaskStore; failed: FailedIndex }): void {
  it('lists the failed tasks of one lane, the oldest first, page by page', async () => {
    const { tasks, failed } = build();
    const rows = Array.from({ length: 5 }, (_, n): TaskRow => {
      const row = aRow({ priority: 1 }, { nowMs: NOW_MS + n });
      return { ...row, status: 'failed', failed_in: 'critical' };
    });
    const others: TaskRow[] = [aRow(), { ...aRow(), status: 'failed', failed_in: 'low' }];
    await tasks.insert([...rows.toReversed(), ...others]);
    const ids = rows.map(({ task_id }) => task_id);

    await until('the index to have them', async () => {
      const { taskIds } = await failed.page({ lane: 'critical', limit: 10 });
      return taskIds.length === 5;
    });
    const first = await failed.page({ lane: 'critical', limit: 2 });
    const second = await failed.page({ lane: 'critical', limit: 3, after: first.next });
    expect([first.taskIds, second.taskIds]).toEqual([ids.slice(0, 2), ids.slice(2)]);
    expect(first.next).toBeDefined();
    const rest =
      second.next === undefined
        ? []
        : (await failed.page({ lane: 'critical', limit: 3, after: second.next })).taskIds;
    expect(rest).toEqual([]);
    expect((await failed.page({ lane: 'high', limit: 2 })).taskIds).toEqual([]);
  });
}
