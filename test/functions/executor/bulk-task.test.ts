import { describe, expect, it } from 'vitest';
import { BULK_SLICE_MS } from '../../../core/bulk.ts';
import { shardOf } from '../../../core/time-index.ts';
import { bulkTask } from '../../../functions/executor/bulk-task.ts';
import { withOwnTypes } from '../../../functions/executor/with-own-types.ts';
import type { TaskDefinition } from '../../../functions/tasks/define-task.ts';
import { echo } from '../../../functions/tasks/echo.ts';
import { GO_ON } from '../../../functions/tasks/task-context.ts';
import { aRow, NOW_MS, newTaskId } from '../../support/builders.ts';
import { FixedClock } from '../../support/fixed-clock.ts';
import { InMemoryEdgeStore } from '../../support/in-memory-edge-store.ts';
import { InMemoryTaskIndex } from '../../support/in-memory-task-index.ts';
import { InMemoryTaskStore } from '../../support/in-memory-task-store.ts';
import { taskContext } from '../../support/task-context.ts';

function setup(count: number) {
  const tasks = new InMemoryTaskStore();
  const index = new InMemoryTaskIndex(tasks.rows);
  const clock = new FixedClock(NOW_MS);
  for (let n = 0; n < count; n += 1) {
    const taskId = newTaskId();
    const row = aRow({}, { taskId, nowMs: NOW_MS - 1 - n });
    const listed = { ...row, listed_in: `${row.listed_in.split('#')[0]}#${shardOf(taskId, 2)}` };
    tasks.rows.set(taskId, listed);
    index.announceRow(listed);
  }
  const deps = { tasks, edges: new InMemoryEdgeStore(), index, shards: 2, clock, retentionSeconds: 60 };
  const own = [bulkTask('cancel', deps), bulkTask('retry', deps)];
  const find = withOwnTypes(own, (type) => (type === 'echo' ? echo : undefined));
  const definition = (type: string): TaskDefinition => find(type) ?? echo;
  /** One attempt, which finds what the one before has saved. */
  const attempt = async (type: string, saved?: unknown) => {
    const seen: [number, string | undefined][] = [];
    const saves: unknown[] = [];
    const payload = { filter: { status: 'queued', created_before: new Date(NOW_MS).toISOString() } };
    const output = await definition(type).run({
      ...taskContext(definition(type), payload),
      progress: (percent, message) => seen.push([percent, message]),
      checkpoint: { saved, save: async (value) => void saves.push(value) },
    });
    return { output, seen, saves };
  };
  return { tasks, index, clock, find, attempt };
}

describe('the types of the platform', () => {
  it('are found beside those of the registry, and before them', () => {
    const { find } = setup(0);
    expect(find('echo')).toBe(echo);
    expect(find('nope')).toBeUndefined();
    expect(find('bulk_cancel')?.type).toBe('bulk_cancel');
    const other = withOwnTypes([{ ...echo, type: 'bulk_retry' }], () => echo);
    expect(other('bulk_retry')?.type).toBe('bulk_retry');
  });
});

describe('a bulk task', () => {
  it('cancels what its filter matches, with progress, and returns what came of it', async () => {
    const { tasks, attempt } = setup(120);
    const { output, seen, saves } = await attempt('bulk_cancel');
    expect(output).toEqual({ matched: 120, changed: 120, refused_count: 0, refused: [] });
    expect([...tasks.rows.values()].every(({ status }) => status === 'cancelled')).toBe(true);
    expect(seen.at(-1)).toEqual([99, '120 of 120 done: 120 changed, 0 refused']);
    expect(saves.length).toBeGreaterThan(0);
  });

  it('retries only what has failed', async () => {
    const { attempt } = setup(3);
    const { output } = await attempt('bulk_retry');
    expect(output).toMatchObject({ matched: 3, changed: 0, refused_count: 3 });
  });

  it('goes on in another attempt when its slice is over', async () => {
    const { index, clock, attempt } = setup(250);
    const rows = index.rows.bind(index);
    index.rows = async (ids) => {
      clock.advance(BULK_SLICE_MS / 2);
      return await rows(ids);
    };
    const first = await attempt('bulk_cancel');
    expect(first.output).toBe(GO_ON);
    index.rows = rows;
    const second = await attempt('bulk_cancel', first.saves.at(-1));
    expect(second.output).toMatchObject({ matched: 250, changed: 250 });
  });
});
