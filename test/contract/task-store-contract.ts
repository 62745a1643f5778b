import { describe, expect, it } from 'vitest';
import { claimWrite } from '../../core/claim.ts';
import { markWrite } from '../../core/dependencies/mark-dependency.ts';
import { moveOnIfEmpty, takeMembers } from '../../core/dependencies/take-members.ts';
import { finishWrite } from '../../core/finish.ts';
import type { TaskStore } from '../../core/ports.ts';
import { progressWrite } from '../../core/progress.ts';
import { DEFAULT_RETRY } from '../../core/retry.ts';
import { failure } from '../../core/task-failure.ts';
import type { TaskRow } from '../../core/task-row.ts';
import { aRow, NOW_MS } from '../support/builders.ts';

const terms = { nowMs: NOW_MS + 10, random: 0.5, policy: DEFAULT_RETRY, retentionSeconds: 3600 };
const claimTerms = { nowMs: NOW_MS, leaseMs: 80_000, leaseId: 'lease-1' };

/** What every task store does alike: the fake and the table are held against the same tests. */
export function taskStoreContract(buildStore: () => TaskStore): void {
  const inserted = async (store: TaskStore, row: TaskRow = aRow()) => {
    expect(await store.insert([row])).toEqual([{ kind: 'inserted' }]);
    return row;
  };
  const claimIt = async (store: TaskStore, row: TaskRow) => {
    const [outcome] = await store.write([claimWrite(row, claimTerms)]);
    if (outcome?.kind !== 'applied' || outcome.row === undefined) throw new Error('not claimed');
    return outcome.row;
  };

  describe('insert', () => {
    it('keeps every attribute of a row', async () => {
      const store = buildStore();
      const row = aRow({
        name: 'näme "quoted"',
        description: "it's",
        agent_id: 'agent-7',
        priority: 2,
        timeout_seconds: 12,
        retry: { max_attempts: 7, jitter: 'equal' },
        metadata: { nested: { list: [1, null, true], text: '💥' } },
        tags: ['a', 'b'],
        payload: { deep: [{ x: 1.5e300 }] },
      });
      await inserted(store, row);
      expect(await store.read(row.task_id)).toEqual(row);
    });

    it('shows the row that was there before', async () => {
      const store = buildStore();
      const row = await inserted(store);
      const other = { ...row, tenant: 'somebody else' };
      expect(await store.insert([aRow(), other])).toEqual([{ kind: 'inserted' }, { kind: 'exists', row }]);
      expect(await store.read(row.task_id)).toEqual(row);
    });

    it('takes more rows than a call does', async () => {
      const store = buildStore();
      const rows = Array.from({ length: 60 }, () => aRow());
      const outcomes = await store.insert(rows);
      expect(outcomes.map(({ kind }) => kind)).toEqual(rows.map(() => 'inserted'));
      expect(await store.read(rows[59]?.task_id ?? '')).toEqual(rows[59]);
    });
  });

  describe('write', () => {
    it('claims a row and returns it as it is then', async () => {
      const store = buildStore();
      const row = await inserted(store);
      const claimedRow = await claimIt(store, row);
      expect(claimedRow).toMatchObject({ status: 'processing', attempt: 1, version: 2, lease_id: 'lease-1' });
      expect(claimedRow.history).toHaveLength(2);
      expect(await store.read(row.task_id)).toEqual(claimedRow);
    });

    it('refuses a second claim, showing the row that refuses', async () => {
      const store = buildStore();
      const row = await inserted(store);
      const claimedRow = await claimIt(store, row);
      const again = claimWrite(row, { ...claimTerms, leaseId: 'lease-2' });
      expect(await store.write([again])).toEqual([{ kind: 'refused', row: claimedRow }]);
    });

    it('refuses a claim for another generation', async () => {
      const store = buildStore();
      const row = await inserted(store);
      const stale = claimWrite({ task_id: row.task_id, generation: 2 }, claimTerms);
      expect(await store.write([stale])).toEqual([{ kind: 'refused', row }]);
    });

    it('lets a claim through at the very end of the lease, not before', async () => {
      const store = buildStore();
      const row = await claimIt(store, await inserted(store));
      const early = claimWrite(row, { ...claimTerms, nowMs: row.claimable_at - 1 });
      const due = claimWrite(row, { ...claimTerms, nowMs: row.claimable_at });
      expect(await store.write([early])).toMatchObject([{ kind: 'refused' }]);
      expect(await store.write([due])).toMatchObject([{ kind: 'applied', row: { attempt: 2 } }]);
    });

    it('refuses a row that is not there', async () => {
      const store = buildStore();
      expect(await store.write([claimWrite(aRow(), claimTerms)])).toEqual([
        { kind: 'refused', row: undefined },
      ]);
    });

    it('completes the attempt that holds the row, and no other', async () => {
      const store = buildStore();
      const row = await claimIt(store, await inserted(store));
      const zombie = finishWrite({ ...row, attempt: 2 }, { kind: 'succeeded', resultAttempt: 2 }, terms);
      expect(await store.write([zombie])).toEqual([{ kind: 'refused', row }]);
      const finish = finishWrite(row, { kind: 'succeeded', resultAttempt: 1 }, terms);
      expect(await store.write([finish])).toEqual([{ kind: 'applied' }]);
      expect(await store.read(row.task_id)).toMatchObject({
        status: 'completed',
        result_attempt: 1,
        version: 3,
      });
      expect(await store.write([finish])).toMatchObject([{ kind: 'refused', row: { status: 'completed' } }]);
    });

    it('takes a failed attempt to retrying, and a claim of the new generation from there', async () => {
      const store = buildStore();
      const row = await claimIt(store, await inserted(store));
      const error = failure('boom', 'it broke', true, { at: 1 });
      await store.write([finishWrite(row, { kind: 'failed', failure: error }, terms)]);
      const retrying = await store.read(row.task_id);
      expect(retrying).toMatchObject({ status: 'retrying', generation: 2, failures: 1, counted: 1, error });
      if (retrying === undefined) throw new Error('the row is gone');
      const claim = claimWrite(retrying, { ...claimTerms, nowMs: retrying.claimable_at });
      expect(await store.write([claim])).toMatchObject([{ kind: 'applied', row: { attempt: 2 } }]);
    });

    it('stores progress without a new version', async () => {
      const store = buildStore();
      const row = await claimIt(store, await inserted(store));
      await store.write([progressWrite(row, { percent: 40, message: 'on it' })]);
      expect(await store.read(row.task_id)).toEqual({ ...row, progress: { percent: 40, message: 'on it' } });
    });

    it('answers each of many writes at its place', async () => {
      const store = buildStore();
      const rows = Array.from({ length: 40 }, () => aRow());
      await store.insert(rows);
      const claims = rows.map((row, index) => claimWrite({ ...row, generation: index % 2 }, claimTerms));
      const outcomes = await store.write(claims);
      expect(outcomes.map(({ kind }) => kind)).toEqual(
        rows.map((_, index) => (index % 2 ? 'applied' : 'refused')),
      );
    });

    describe('of what a task waits for', () => {
      const waiting = (...members: readonly string[]): TaskRow => ({
        ...aRow(),
        status: 'waiting',
        dependencies: members.map((member) => `${member}s task-x`),
        next_index: 12,
        waiting_on: [...members, 'h'],
        has_dependents: true,
        has_start_dependents: true,
      });
      const takeTerms = { nowMs: NOW_MS };

      it('keeps the set, and takes members from it beside each other', async () => {
        const store = buildStore();
        const row = await inserted(store, waiting('0', '1', '10'));
        expect(await store.read(row.task_id)).toEqual(row);
        const [one, two] = [takeMembers(row, ['0'], takeTerms), takeMembers(row, ['10'], takeTerms)];
        expect(await store.write([one])).toMatchObject([
          { kind: 'applied', row: { waiting_on: ['1', '10', 'h'] } },
        ]);
        expect(await store.write([two])).toMatchObject([
          { kind: 'applied', row: { waiting_on: ['1', 'h'] } },
        ]);
        expect(await store.write([one])).toMatchObject([
          { kind: 'refused', row: { waiting_on: ['1', 'h'] } },
        ]);
      });

      it('takes the attribute with the last member, and then the task on', async () => {
        const store = buildStore();
        const row = await inserted(store, waiting('0'));
        const blind = { ...takeMembers(row, ['0'], takeTerms), take: ['0', 'h'] };
        const [outcome] = await store.write([blind]);
        expect(outcome?.kind === 'applied' && outcome.row).not.toHaveProperty('waiting_on');
        const empty = await store.read(row.task_id);
        const move = moveOnIfEmpty(empty, NOW_MS);
        if (move === undefined) throw new Error('it does not go on');
        expect(await store.write([move])).toMatchObject([{ kind: 'applied', row: { status: 'queued' } }]);
      });

      it('takes the task on with exactly the set that was read, and no other', async () => {
        const store = buildStore();
        const row = await inserted(store, waiting('0'));
        const all = takeMembers(row, ['h', '0'], takeTerms);
        const other = takeMembers({ ...row, waiting_on: ['0'] }, ['0'], takeTerms);
        expect(await store.write([other])).toMatchObject([{ kind: 'refused', row }]);
        const [outcome] = await store.write([all]);
        expect(outcome).toMatchObject({ kind: 'applied', row: { status: 'queued', generation: 2 } });
      });

      it('marks a task that has not ended, and for a start not begun', async () => {
        const store = buildStore();
        const row = await inserted(store);
        const mark = (start: boolean) => markWrite({ taskId: row.task_id, start });
        expect(await store.write([mark(true)])).toMatchObject([{ kind: 'applied' }]);
        await claimIt(store, row);
        expect(await store.write([mark(true)])).toMatchObject([{ kind: 'refused', row: { attempt: 1 } }]);
        expect(await store.write([mark(false)])).toMatchObject([{ kind: 'applied' }]);
      });
    });
  });
}
