import { expect, it } from 'vitest';
import type { ResultStore } from '../../core/ports.ts';
import { failure } from '../../core/task-failure.ts';
import { aResult, aRow, NOW_MS } from '../support/builders.ts';

/** What every result store does alike. */
export function resultStoreContract(buildStore: () => ResultStore): void {
  it('keeps the results of all attempts of a task, oldest first, apart from its payload', async () => {
    const store = buildStore();
    const row = aRow();
    const failed = aResult(
      { ...row, attempt: 1 },
      { succeeded: false, error: failure('boom', 'it broke', true) },
    );
    const { output: _, ...first } = failed;
    const second = aResult({ ...row, attempt: 12 }, { output: '{"text":"näme 💥"}' });
    await store.putPayloads([{ taskId: row.task_id, text: '"large"', expiresAtSeconds: 2e9 }]);
    expect(await store.put([second, first, aResult(aRow())])).toEqual([true, true, true]);
    expect(await store.ofTask(row.task_id)).toEqual([first, second]);
  });

  it('puts a result again without harm', async () => {
    const store = buildStore();
    const result = aResult({ ...aRow(), attempt: 1 });
    await store.put([result]);
    await store.put([result]);
    expect(await store.ofTask(result.task_id)).toEqual([result]);
  });

  it('keeps the first of two results of an attempt, where that is asked', async () => {
    const store = buildStore();
    const row = aRow();
    const first = aResult({ ...row, attempt: 1 });
    const second = aResult({ ...row, attempt: 1 }, { output: '2' });
    expect(await store.putFirst(first)).toEqual(first);
    expect(await store.putFirst(second)).toEqual(first);
    const expired = aResult({ ...row, attempt: 2 }, { expires_at: 1 });
    await store.put([expired]);
    const fresh = { ...second, attempt: 2 };
    expect(await store.putFirst(fresh)).toEqual(fresh);
    expect(await store.ofTask(row.task_id)).toEqual([first, fresh]);
  });

  it('takes more results than a call does', async () => {
    const store = buildStore();
    const row = aRow();
    const results = Array.from({ length: 30 }, (_, index) => aResult({ ...row, attempt: index + 1 }));
    expect(await store.put(results)).toEqual(results.map(() => true));
    expect(await store.ofTask(row.task_id)).toEqual(results);
  });

  it('leaves out what has expired, deleted or not', async () => {
    const store = buildStore();
    const row = aRow();
    const kept = aResult({ ...row, attempt: 2 });
    await store.put([aResult({ ...row, attempt: 1 }, { expires_at: NOW_MS / 1000 }), kept]);
    expect(await store.ofTask(row.task_id)).toEqual([kept]);
  });

  it('reads the result of one attempt, unless it has expired', async () => {
    const store = buildStore();
    const row = aRow();
    const second = aResult({ ...row, attempt: 2 }, { output: '"two"' });
    await store.put([aResult({ ...row, attempt: 1 }, { expires_at: NOW_MS / 1000 }), second]);
    expect(await store.ofAttempt(row.task_id, 2)).toEqual(second);
    expect(await store.ofAttempt(row.task_id, 1)).toBeUndefined();
    expect(await store.ofAttempt(row.task_id, 3)).toBeUndefined();
  });

  it('finds the results of single attempts, without those that have expired or are not there', async () => {
    const store = buildStore();
    const [one, other] = [aRow(), aRow()];
    const expired = aResult({ ...other, attempt: 2 }, { expires_at: NOW_MS / 1000 });
    const results = [aResult({ ...one, attempt: 2 }), aResult({ ...other, attempt: 1 })];
    await store.put([aResult({ ...one, attempt: 1 }), ...results, expired]);
    const found = await store.attempts([...results, expired, { ...one, attempt: 3 }]);
    expect(found.toSorted((a, b) => b.attempt - a.attempt)).toEqual(results);
    expect(await store.attempts([])).toEqual([]);
  });

  it('knows no results of a task that has none', async () => {
    expect(await buildStore().ofTask(aRow().task_id)).toEqual([]);
  });

  it('finds stored payloads, and tells which are not there', async () => {
    const store = buildStore();
    const rows = Array.from({ length: 3 }, () => aRow());
    const payloads = rows.map(({ task_id }, index) => ({
      taskId: task_id,
      text: `"${index}"`,
      expiresAtSeconds: 2e9,
    }));
    expect(await store.putPayloads(payloads)).toEqual([true, true, true]);
    const found = await store.payloadsOf([...rows.map(({ task_id }) => task_id), aRow().task_id]);
    expect(found).toEqual(new Map(payloads.map(({ taskId, text }) => [taskId, text])));
  });

  it('lets a payload expire, and leaves an absent one absent', async () => {
    const store = buildStore();
    const row = aRow();
    await store.expirePayload(row.task_id, 1);
    expect(await store.payloadsOf([row.task_id])).toEqual(new Map());
  });
}
