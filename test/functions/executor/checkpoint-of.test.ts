import { describe, expect, it } from 'vitest';
import { MAX_CHECKPOINT_BYTES } from '../../../core/checkpoint.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import { checkpointOf } from '../../../functions/executor/checkpoint-of.ts';
import { aRow, claimed } from '../../support/builders.ts';
import { InMemoryTaskStore } from '../../support/in-memory-task-store.ts';

function setup(change: Partial<TaskRow> = {}) {
  const tasks = new InMemoryTaskStore();
  const row = { ...claimed(aRow()), ...change };
  tasks.rows.set(row.task_id, row);
  const stored = () => tasks.rows.get(row.task_id);
  return { tasks, row, stored, checkpoint: checkpointOf(tasks, row) };
}

describe('a checkpoint', () => {
  it('is nothing before the first save', () => {
    expect(setup().checkpoint.saved).toBeUndefined();
  });

  it('is kept in the row, and is what the next attempt finds', async () => {
    const { tasks, row, stored, checkpoint } = setup();
    await checkpoint.save({ below: '1#a', open: [1] });
    await checkpoint.save({ below: '0#b', open: [] });
    expect(stored()).toEqual({ ...row, checkpoint: '{"below":"0#b","open":[]}' });
    expect(checkpointOf(tasks, stored() ?? row).saved).toEqual({ below: '0#b', open: [] });
  });

  it.each([
    ['is no longer its own', { attempt: 2 }],
    ['has ended', { status: 'cancelled' as const }],
  ])('fails to be saved when the task %s', async (_, change) => {
    const { tasks, row, checkpoint, stored } = setup();
    tasks.rows.set(row.task_id, { ...row, ...change });
    await expect(checkpoint.save(1)).rejects.toMatchObject({ code: 'lease_lost' });
    expect(stored()).not.toHaveProperty('checkpoint');
  });

  it('fails when it is not certain that it is stored', async () => {
    const write = async () => [{ kind: 'unconfirmed', reason: 'down' } as const];
    const { save } = checkpointOf({ write }, claimed(aRow()));
    await expect(save(1)).rejects.toMatchObject({ code: 'checkpoint_not_stored', retryable: true });
  });

  it('fails when it is too large', async () => {
    const { checkpoint, stored } = setup();
    await checkpoint.save('x'.repeat(MAX_CHECKPOINT_BYTES - 2));
    const tooLarge = checkpoint.save('y'.repeat(MAX_CHECKPOINT_BYTES - 1));
    await expect(tooLarge).rejects.toMatchObject({ code: 'checkpoint_too_large', retryable: false });
    expect(stored()?.checkpoint).toMatch(/^"x/);
  });
});
