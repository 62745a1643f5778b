import { describe, expect, it } from 'vitest';
import { ByteRoom } from '../../../core/byte-room.ts';
import { fallbackResultOf } from '../../../core/fallback-task.ts';
import { outputKeyOf, payloadKeyOf } from '../../../core/object-keys.ts';
import { failure } from '../../../core/task-failure.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import type { ExecuteBatchDeps } from '../../../core/usecases/execute-batch.ts';
import { aMessage, aResult, aRow, claimed } from '../../support/builders.ts';
import { FixedClock } from '../../support/fixed-clock.ts';
import { inMemoryExecutor, LEASE_MS } from '../../support/in-memory-executor.ts';
import { InMemoryObjectStore } from '../../support/in-memory-object-store.ts';

const LARGE = JSON.stringify('x'.repeat(300_000));

/** A row whose payload is an object of so many bytes. */
function aLargeRow(bytes = 10): TaskRow {
  const { payload: _, ...row } = aRow();
  return { ...row, payload_bytes: bytes, has_objects: true };
}

function setup(overrides: Partial<ExecuteBatchDeps> = {}) {
  const payloads: (string | undefined)[] = [];
  const executor = inMemoryExecutor({
    run: async (row, payload) => {
      payloads.push(payload);
      const outcome = { kind: 'succeeded', resultAttempt: row.attempt } as const;
      return { result: aResult(row, { output: LARGE }), outcome };
    },
    ...overrides,
  });
  const execute = async (...rows: TaskRow[]) => {
    executor.given(...rows);
    return await executor.execute(...rows.map((row) => aMessage(row)));
  };
  return { ...executor, payloads, execute };
}

describe('a large payload', () => {
  it('is read for its attempt', async () => {
    const { objects, payloads, execute, tasks } = setup();
    const row = aLargeRow();
    await objects.put(payloadKeyOf(row), '"large"');
    await execute(row);
    expect(payloads).toEqual(['"large"']);
    expect(tasks.rows.get(row.task_id)?.status).toBe('completed');
  });

  it('that is lost is told to the attempt', async () => {
    const { payloads, execute } = setup();
    await execute(aLargeRow());
    expect(payloads).toEqual([undefined]);
  });

  it('that cannot be read leaves its message, and holds up no other task', async () => {
    const { tasks, objects, execute, troubles } = setup();
    objects.read = async () => Promise.reject(new Error('S3 is down'));
    const [large, small] = [aLargeRow(), aRow()];
    const report = await execute(large, small);
    expect(report.failedMessageIds).toHaveLength(1);
    expect(troubles).toEqual([new Error('S3 is down')]);
    expect(tasks.rows.get(small.task_id)?.status).toBe('completed');
  });

  it('waits for room, so that never more of them are in memory than fit', async () => {
    const objects = new InMemoryObjectStore();
    let inHand = 0;
    let most = 0;
    const { execute } = setup({
      objects: {
        put: async () => undefined,
        read: async (key) => {
          inHand += 1;
          most = Math.max(most, inHand);
          return await objects.read(key);
        },
      },
      run: async (row) => {
        await undefined;
        inHand -= 1;
        return { result: aResult(row), outcome: { kind: 'succeeded', resultAttempt: row.attempt } };
      },
    });
    const report = await execute(...Array.from({ length: 10 }, () => aLargeRow(40)));
    expect(most).toBe(2);
    expect(report.finished).toHaveLength(10);
  });

  it('is not read once the lease is over that was waited through', async () => {
    const clock = new FixedClock();
    const read: string[] = [];
    const { execute, payloads } = setup({
      room: new ByteRoom(1),
      clock,
      objects: {
        put: async () => undefined,
        read: async (key) => {
          read.push(key);
          clock.advance(LEASE_MS);
          return '1';
        },
      },
    });
    const report = await execute(aLargeRow(), aLargeRow());
    expect(read).toHaveLength(1);
    expect(payloads).toEqual([]);
    expect(report.failedMessageIds).toHaveLength(2);
  });
});

describe('a large output', () => {
  it('is an object before its result tells of it, and marks the row', async () => {
    const { tasks, results, objects, execute } = setup();
    const row = aRow();
    const put = results.put.bind(results);
    results.put = async (all) => {
      expect(objects.objects.size).toBe(1);
      return await put(all);
    };
    await execute(row);
    const [stored] = await results.ofTask(row.task_id);
    expect(stored).toMatchObject({ succeeded: true, output_bytes: LARGE.length });
    expect(stored).not.toHaveProperty('output');
    expect(await objects.read(outputKeyOf(row, 1))).toBe(LARGE);
    expect(tasks.rows.get(row.task_id)).toMatchObject({ status: 'completed', has_objects: true });
  });

  it('that is not confirmed leaves the task to another attempt', async () => {
    const { tasks, results, objects, execute } = setup();
    objects.put = async () => Promise.reject(new Error('S3 is down'));
    const row = aRow();
    const report = await execute(row);
    expect(report.failedMessageIds).toHaveLength(1);
    expect(results.results.size).toBe(0);
    expect(tasks.rows.get(row.task_id)?.status).toBe('processing');
  });

  it('of a crashed attempt marks the row of who finds it', async () => {
    const { tasks, results, execute, payloads } = setup();
    const crashed = { ...claimed(aRow()), claimable_at: 0 };
    const { output: _, ...result } = aResult(crashed);
    await results.put([{ ...result, output_bytes: 300_002 }]);
    await execute(crashed);
    expect(payloads).toEqual([]);
    expect(tasks.rows.get(crashed.task_id)).toMatchObject({
      status: 'completed',
      result_attempt: 1,
      has_objects: true,
    });
  });
});

describe('a large output that onError has fallen back to', () => {
  const failed = failure('boom', 'it broke', true);
  const aFailure = (row: TaskRow) => {
    const { output: _, ...result } = aResult(row);
    const decision = { action: 'fall_back', result_attempt: row.attempt } as const;
    return { ...result, succeeded: false, error: failed, decision };
  };

  it('marks the row, so that it goes with it and is found', async () => {
    const { tasks, objects, execute } = setup({
      run: async (row) => {
        const result = aFailure(row);
        const { decision } = result;
        return {
          result: { ...result, output: LARGE },
          outcome: { kind: 'failed', failure: failed, decision },
        };
      },
    });
    const row = aRow();
    await execute(row);
    expect(await objects.read(outputKeyOf(row, 1))).toBe(LARGE);
    const ended = tasks.rows.get(row.task_id);
    expect(ended).toMatchObject({ status: 'completed', fallback_used: true, has_objects: true });
    expect(fallbackResultOf(ended ?? row)).toMatchObject({ object: outputKeyOf(row, 1) });
  });

  it('of a crashed attempt marks the row of who finds it', async () => {
    const { tasks, results, execute } = setup();
    const crashed = { ...claimed(aRow()), claimable_at: 0 };
    await results.put([{ ...aFailure(crashed), output_bytes: 300_002 }]);
    await execute(crashed);
    expect(tasks.rows.get(crashed.task_id)).toMatchObject({
      status: 'completed',
      fallback_used: true,
      has_objects: true,
    });
  });
});

it('a task of small values touches no object and has no mark', async () => {
  const refuse = async () => Promise.reject(new Error('an object was touched'));
  const { tasks, execute } = setup({
    objects: { put: refuse, read: refuse },
    run: async (row) => ({
      result: aResult(row),
      outcome: { kind: 'succeeded', resultAttempt: row.attempt },
    }),
  });
  const row = aRow();
  await execute(row);
  expect(tasks.rows.get(row.task_id)).toMatchObject({ status: 'completed' });
  expect(tasks.rows.get(row.task_id)).not.toHaveProperty('has_objects');
});
