import { describe, expect, it } from 'vitest';
import type { WriteOutcome } from '../../../core/row-write.ts';
import { MemoryGuard } from '../../../core/usecases/guard-memory.ts';
import { aRow, claimed } from '../../support/builders.ts';
import { InMemoryTaskStore } from '../../support/in-memory-task-store.ts';

function setup() {
  const tasks = new InMemoryTaskStore();
  const memory = { isHigh: false };
  const looks = { started: 0, ended: 0 };
  const troubles: unknown[] = [];
  const guard = new MemoryGuard({
    tasks,
    isMemoryHigh: () => memory.isHigh,
    every: () => {
      looks.started += 1;
      return () => {
        looks.ended += 1;
      };
    },
    onBlindLook: (error) => void troubles.push(error),
  });
  const row = claimed(aRow());
  tasks.rows.set(row.task_id, row);
  const markOf = () => tasks.rows.get(row.task_id)?.memory_high;
  return { tasks, memory, looks, troubles, guard, row, markOf };
}

describe('the guard of memory', () => {
  it('is full only where something runs and memory is high', async () => {
    const { guard, memory, row } = setup();
    expect(guard.isFull()).toBe(false);
    memory.isHigh = true;
    expect(guard.isFull()).toBe(false);
    await guard.during(row, async () => expect(guard.isFull()).toBe(true));
    expect(guard.isFull()).toBe(false);
  });

  it('is never full where nobody measures', async () => {
    const { tasks, row } = setup();
    const every = () => {
      throw new Error('it looks');
    };
    const blind = new MemoryGuard({ tasks, every, onBlindLook: () => undefined });
    await blind.during(row, async () => expect(blind.isFull()).toBe(false));
  });

  it('looks while attempts run, and no longer', async () => {
    const { guard, looks, row } = setup();
    await guard.during(row, () => guard.during(claimed(aRow()), async () => undefined));
    expect(looks).toEqual({ started: 1, ended: 1 });
    await guard.during(row, () => Promise.reject(new Error('failed'))).catch(() => undefined);
    expect(looks).toEqual({ started: 2, ended: 2 });
  });

  it('marks an attempt once, while memory is high', async () => {
    const { guard, memory, tasks, row, markOf } = setup();
    await guard.during(row, async () => {
      await guard.look();
      expect(markOf()).toBeUndefined();
      memory.isHigh = true;
      await guard.look();
      await guard.look();
    });
    expect(markOf()).toBe(1);
    expect(tasks.writes).toHaveLength(1);
  });

  it('marks an attempt at the next look whose mark was not confirmed', async () => {
    const { guard, memory, tasks, row, markOf, troubles } = setup();
    memory.isHigh = true;
    const write = tasks.write.bind(tasks);
    const answers: (() => Promise<readonly WriteOutcome[]>)[] = [
      () => Promise.reject(new Error('no connection')),
      async () => [{ kind: 'unconfirmed', reason: 'throttled' }],
    ];
    tasks.write = (writes) => answers.shift()?.() ?? write(writes);
    await guard.during(row, async () => {
      await guard.look();
      await guard.look();
      expect(markOf()).toBeUndefined();
      await guard.look();
    });
    expect(markOf()).toBe(1);
    expect(troubles).toHaveLength(1);
  });
});
