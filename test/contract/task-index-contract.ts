import { describe, expect, it } from 'vitest';
import { acceptTask } from '../../core/accept-task.ts';
import { type Label, type LabelStore, labelsOf } from '../../core/labels.ts';
import type { TaskStore } from '../../core/ports.ts';
import type { ExpiredRows, HourDirectory, StripeQuery, TaskIndex } from '../../core/task-index.ts';
import type { TaskRow } from '../../core/task-row.ts';
import { hourOf, timeIndexBound } from '../../core/time-index.ts';
import { newTaskId } from '../support/builders.ts';
import { until } from '../support/until.ts';

export interface TaskIndexUnderTest {
  readonly tasks: TaskStore;
  readonly index: TaskIndex;
  readonly labels: LabelStore;
  readonly hours: HourDirectory;
  readonly expiredRows: ExpiredRows;
}

const HOUR_MS = 3600_000;
let nextHourMs = Date.UTC(2026, 0, 1);

/** What every index of tasks does alike: the fake and the tables are held against the same tests. */
export function taskIndexContract(build: () => TaskIndexUnderTest): void {
  /** Rows in an hour of their own, so many milliseconds into it. */
  const inserted = async (
    { tasks, labels }: TaskIndexUnderTest,
    intoMs: readonly number[],
    shard = 0,
  ): Promise<TaskRow[]> => {
    nextHourMs += HOUR_MS;
    const rows = intoMs.map(
      (ms): TaskRow => ({
        ...acceptTask(
          { type: 'echo', payload: ms, agent_id: `agent-${nextHourMs}`, tags: [`tag#${nextHourMs}`, 'all'] },
          { taskId: newTaskId(), tenant: 'client-1', nowMs: nextHourMs + ms, shard },
        ).row,
        failed_in: 'high',
      }),
    );
    await labels.put(rows.flatMap((row) => labelsOf(row, 60)));
    await tasks.insert(rows);
    return rows.sort((a, b) => (a.listed_at < b.listed_at ? 1 : -1));
  };
  const listedAt = (rows: readonly TaskRow[]) => rows.map(({ listed_at }) => listed_at);
  const everything = () => ({
    below: timeIndexBound(nextHourMs + HOUR_MS),
    atLeast: timeIndexBound(nextHourMs),
    limit: 100,
  });

  describe.each(['time', 'agent', 'failed', 'label'] as const)('a stripe of the index by %s', (kind) => {
    const partition = (): StripeQuery['partition'] =>
      ({
        time: { index: 'time', hour: hourOf(nextHourMs), shard: 3 },
        agent: { index: 'agent', agentId: `agent-${nextHourMs}` },
        failed: { index: 'failed', lane: 'high' },
        label: { index: 'label', name: `tag#tag#${nextHourMs}`, shard: 3 },
      })[kind] as StripeQuery['partition'];

    it('is newest first', async () => {
      const built = build();
      const { index } = built;
      const rows = await inserted(built, [5, 1, 9, 3], 3);
      await until(
        'the index to have all',
        async () => (await index.stripe({ partition: partition(), ...everything() })).length === rows.length,
      );
      expect(await index.stripe({ partition: partition(), ...everything() })).toEqual(listedAt(rows));
    });

    it('is below a position and not below a bound, and not longer than asked', async () => {
      const built = build();
      const { index } = built;
      const rows = await inserted(built, [0, 1, 2, 3, 4, 5], 3);
      const [, second] = listedAt(rows);
      const query = { partition: partition(), below: second ?? '', atLeast: timeIndexBound(nextHourMs + 2) };
      await until(
        'the index to have all',
        async () => (await index.stripe({ partition: partition(), ...everything() })).length === rows.length,
      );
      expect(await index.stripe({ ...query, limit: 100 })).toEqual(listedAt(rows).slice(2, 4));
      expect(await index.stripe({ ...query, limit: 2 })).toEqual(listedAt(rows).slice(2, 4));
      expect(await index.stripe({ ...query, limit: 1 })).toEqual(listedAt(rows).slice(2, 3));
    });

    it('is empty where there is nothing', async () => {
      nextHourMs += HOUR_MS;
      expect(await build().index.stripe({ partition: partition(), ...everything() })).toEqual([]);
    });
  });

  it('has a task by each of its labels, once, however often they are put', async () => {
    const built = build();
    const [row] = await inserted(built, [7], 2);
    if (row === undefined) throw new Error('no row');
    const again = labelsOf(row, 90);
    expect(await built.labels.put([...again, ...again])).toEqual([true, true, true, true]);
    for (const { name } of again) {
      const partition = { index: 'label', name, shard: 2 } as const;
      expect(await built.index.stripe({ partition, ...everything() })).toEqual([row.listed_at]);
      expect(await built.index.stripe({ partition: { ...partition, shard: 3 }, ...everything() })).toEqual(
        [],
      );
    }
    expect(await built.labels.put([])).toEqual([]);
  });

  it('takes more labels at once than a call does', async () => {
    const { index, labels } = build();
    nextHourMs += HOUR_MS;
    const many = Array.from({ length: 60 }, (_, n): Label => {
      return { name: 'tag#many', shard: n % 2, listedAt: `${nextHourMs + n}#task`, expiresAtSeconds: 2e9 };
    });
    expect(await labels.put(many)).toEqual(many.map(() => true));
    const partition = { index: 'label', name: 'tag#many', shard: 1 } as const;
    expect(await index.stripe({ partition, ...everything() })).toHaveLength(30);
  });

  it('reads rows by their ids, also more than a call takes, and leaves out what is not there', async () => {
    const built = build();
    const { index } = built;
    const rows = await inserted(
      built,
      Array.from({ length: 130 }, (_, ms) => ms),
    );
    const found = await index.rows([...rows.map(({ task_id }) => task_id), newTaskId()]);
    expect(found.size).toBe(130);
    for (const row of rows) expect(found.get(row.task_id)).toEqual(row);
    expect(await index.rows([])).toEqual(new Map());
  });

  it('lists the hours that were announced, newest first, within bounds, with the most shards ever said', async () => {
    const { index, hours } = build();
    for (const [hour, shards] of [
      ['2031-01-01T09', 2],
      ['2031-01-01T11', 4],
      ['2031-01-01T10', 8],
      ['2031-01-01T10', 4],
      ['2031-01-01T11', 6],
      ['2031-01-01T12', 1],
    ] as const)
      await hours.announce(hour, shards);
    const range = { newest: '2031-01-01T11', oldest: '2031-01-01T09' };
    const expected = [
      { hour: '2031-01-01T11', shards: 6 },
      { hour: '2031-01-01T10', shards: 8 },
      { hour: '2031-01-01T09', shards: 2 },
    ];
    expect(await index.hours({ ...range, limit: 10 })).toEqual(expected);
    expect(await index.hours({ ...range, limit: 2 })).toEqual(expected.slice(0, 2));
    expect(await index.hours({ newest: '2030-01-01T00', oldest: '2030-01-01T00', limit: 2 })).toEqual([]);
  });

  it('removes an expired row, and no other', async () => {
    const built = build();
    const { tasks, expiredRows } = built;
    const [row] = await inserted(built, [0]);
    if (row === undefined) throw new Error('no row');
    const expired = { ...row, task_id: newTaskId(), expires_at: 1 };
    await tasks.insert([expired]);
    await expiredRows.remove({ ...expired, version: 2 });
    expect(await tasks.read(expired.task_id)).toEqual(expired);
    await expiredRows.remove(expired);
    expect(await tasks.read(expired.task_id)).toBeUndefined();
    await expiredRows.remove(expired);
    expect(await tasks.read(row.task_id)).toEqual(row);
  });
}
