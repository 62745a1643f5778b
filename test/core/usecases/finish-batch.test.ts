import { describe, expect, it } from 'vitest';
import { DEFAULT_RETRY } from '../../../core/retry.ts';
import { failure } from '../../../core/task-failure.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import { type EndedAttempt, finishAll } from '../../../core/usecases/finish-batch.ts';
import { FATE_ACKNOWLEDGE, FATE_REPORT } from '../../../core/usecases/message-fate.ts';
import { aMessage, aResult, aRow, claimed } from '../../support/builders.ts';
import { FixedClock } from '../../support/fixed-clock.ts';
import { InMemoryResultStore } from '../../support/in-memory-result-store.ts';
import { InMemoryTaskStore } from '../../support/in-memory-task-store.ts';

const ERROR = failure('handler_error', 'text', true);

/** A running attempt, and the end that it comes with. */
function setup() {
  const tasks = new InMemoryTaskStore();
  const results = new InMemoryResultStore();
  const deps = {
    tasks,
    results,
    clock: new FixedClock(),
    random: () => 0,
    retryPolicyOf: () => DEFAULT_RETRY,
    cache: { put: async () => undefined },
    retentionSeconds: 3600,
  };
  const given = (change: Partial<TaskRow> = {}) => {
    const row = claimed(aRow());
    tasks.rows.set(row.task_id, { ...row, ...change });
    const message = aMessage(row);
    const claim = { row, group: { message, all: [message] }, claimSentAtMs: 0 };
    return { claim, rowNow: () => tasks.rows.get(row.task_id) };
  };
  return { tasks, results, given, finish: (...ended: EndedAttempt[]) => finishAll(deps, ended) };
}

const failed = (claim: EndedAttempt['claimed']): EndedAttempt => ({
  claimed: claim,
  outcome: { kind: 'failed', failure: ERROR },
  result: aResult(claim.row, { succeeded: false, error: ERROR }),
});

describe('the finish of an attempt whose cancel was accepted', () => {
  it('is that cancel, whatever error the attempt came with', async () => {
    const { given, finish } = setup();
    const { claim, rowNow } = given({ cancel_requested: true });
    const [finished] = await finish(failed(claim));
    expect(rowNow()).toMatchObject({ status: 'cancelled', failures: 0 });
    expect(finished).toMatchObject({ fate: FATE_ACKNOWLEDGE, ended: { outcome: { kind: 'cancelled' } } });
  });

  it('is the success that the attempt came with all the same', async () => {
    const { given, finish } = setup();
    const { claim, rowNow } = given({ cancel_requested: true });
    await finish({
      claimed: claim,
      outcome: { kind: 'succeeded', resultAttempt: 1 },
      result: aResult(claim.row),
    });
    expect(rowNow()?.status).toBe('completed');
  });

  it('holds nobody else of the batch up', async () => {
    const { given, finish } = setup();
    const [cancelled, other] = [given({ cancel_requested: true }), given()];
    const finished = await finish(failed(cancelled.claim), failed(other.claim));
    expect([cancelled.rowNow()?.status, other.rowNow()?.status]).toEqual(['cancelled', 'retrying']);
    expect(finished.map(({ fate }) => fate)).toEqual([FATE_ACKNOWLEDGE, FATE_ACKNOWLEDGE]);
  });

  it('leaves the message when the cancel is refused for a cancel, too: the next claim will see it', async () => {
    const { tasks, given, finish } = setup();
    const { claim } = given({ cancel_requested: true });
    tasks.write = async (writes) =>
      writes.map(() => ({ kind: 'refused', row: { ...claim.row, cancel_requested: true } }));
    const [finished] = await finish(failed(claim));
    expect(finished?.fate).toEqual(FATE_REPORT);
  });
});

describe('an attempt that comes without a result', () => {
  it('is finished, and nothing is stored', async () => {
    const { results, given, finish } = setup();
    const { claim, rowNow } = given();
    await finish({ claimed: claim, outcome: { kind: 'cancelled' } });
    expect(rowNow()?.status).toBe('cancelled');
    expect(results.results.size).toBe(0);
  });

  it('is finished although the result of its neighbour is not confirmed', async () => {
    const { results, given, finish } = setup();
    results.put = async (all) => all.map(() => false);
    const [stored, bare] = [given(), given()];
    const finished = await finish(failed(stored.claim), {
      claimed: bare.claim,
      outcome: { kind: 'released', reason: 'solo' },
    });
    expect([stored.rowNow()?.status, bare.rowNow()?.status]).toEqual(['processing', 'queued']);
    expect(finished.map(({ fate }) => fate.kind)).toEqual(['acknowledge', 'report']);
  });
});
