import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { claimWrite } from '../../core/claim.ts';
import { judgeDeadLetter } from '../../core/dead-letter.ts';
import { type AttemptOutcome, finishWrite } from '../../core/finish.ts';
import { progressWrite } from '../../core/progress.ts';
import { DEFAULT_RETRY } from '../../core/retry.ts';
import { applyRowWrite, type RowWrite } from '../../core/row-write.ts';
import { isEnded, isLegalTransition } from '../../core/status.ts';
import { failure } from '../../core/task-failure.ts';
import type { TaskRow } from '../../core/task-row.ts';
import { aResult, aRow, NOW_MS } from '../support/builders.ts';

const LEASE_MS = 1000;
const NUMBERS = ['version', 'attempt', 'generation', 'failures', 'released'] as const;

const anOutcome = fc.constantFrom<AttemptOutcome>(
  { kind: 'succeeded', resultAttempt: 1 },
  { kind: 'failed', failure: failure('handler_error', 'text', true) },
  { kind: 'failed', failure: failure('handler_error', 'text', false) },
  { kind: 'ended', failure: failure('lease_expired', 'text', false) },
);

/**
 * A write that some process makes at some time, by the row as it saw it `ago` changes before: in order, late,
 * twice or by an attempt that has lost its lease.
 */
const aWrite = fc.record({
  kind: fc.constantFrom('claim', 'finish', 'dead_letter', 'progress'),
  ago: fc.nat({ max: 3 }),
  generation: fc.integer({ min: 0, max: 1 }),
  afterMs: fc.constantFrom(0, 1, LEASE_MS, 5 * LEASE_MS),
  outcome: anOutcome,
  hasSuccess: fc.boolean(),
});
type AnyWrite = typeof aWrite extends fc.Arbitrary<infer T> ? T : never;

function writeOf(write: AnyWrite, seen: TaskRow, nowMs: number): RowWrite | undefined {
  const message = { task_id: seen.task_id, generation: seen.generation - write.generation };
  switch (write.kind) {
    case 'claim':
      return claimWrite(message, { nowMs, leaseMs: LEASE_MS, leaseId: 'a lease' });
    case 'finish':
      return finishWrite(seen, write.outcome, {
        nowMs,
        random: 0,
        policy: DEFAULT_RETRY,
        retentionSeconds: 60,
      });
    case 'progress':
      return progressWrite(seen, { percent: 1, message: '' });
    default: {
      const results = write.hasSuccess ? [aResult(seen)] : [];
      const judged = judgeDeadLetter(seen, message, { nowMs, retentionSeconds: 60, receives: 3 }, results);
      return judged.kind === 'write' ? judged.write : undefined;
    }
  }
}

/** The rows that a sequence of writes leads to, refused ones left out, the first included. */
function rowsOf(writes: readonly AnyWrite[]): TaskRow[] {
  let nowMs = NOW_MS;
  const rows = [aRow()];
  for (const write of writes) {
    nowMs += write.afterMs;
    const now = rows.at(-1);
    const built = writeOf(write, rows.at(-1 - write.ago) ?? rows[0] ?? aRow(), nowMs);
    const outcome = built === undefined ? undefined : applyRowWrite(now, built);
    if (outcome?.kind === 'applied' && outcome.row !== undefined) rows.push(outcome.row);
  }
  return rows;
}

const lives = fc.array(aWrite, { minLength: 1, maxLength: 40 }).map(rowsOf);

function eachChange(rows: readonly TaskRow[], check: (before: TaskRow, after: TaskRow) => void): void {
  rows.slice(1).forEach((after, index) => {
    const before = rows[index];
    if (before !== undefined) check(before, after);
  });
}

describe('whatever is written to a row, in whatever order', () => {
  it('makes only transitions of the table', () => {
    fc.assert(
      fc.property(lives, (rows) => {
        eachChange(rows, (before, after) => {
          const isTransition = after.version > before.version;
          expect(
            isTransition ? isLegalTransition(before.status, after.status) : after.status === before.status,
          ).toBe(true);
        });
      }),
    );
  });

  it('never lets a number of it fall, and counts each change of state in version', () => {
    fc.assert(
      fc.property(lives, (rows) => {
        eachChange(rows, (before, after) => {
          for (const name of NUMBERS) expect(after[name]).toBeGreaterThanOrEqual(before[name]);
          if (after.status !== before.status) expect(after.version).toBe(before.version + 1);
        });
      }),
    );
  });

  it('never changes it once it has ended', () => {
    fc.assert(
      fc.property(lives, (rows) => {
        const end = rows.findIndex(({ status }) => isEnded(status));
        expect(end === -1 || end === rows.length - 1).toBe(true);
      }),
    );
  });

  it('takes no live lease from its holder', () => {
    fc.assert(
      fc.property(lives, (rows) => {
        eachChange(rows, (before, after) => {
          if (after.attempt === before.attempt) return;
          expect(after.attempt).toBe(before.attempt + 1);
          expect(after.claimable_at - LEASE_MS).toBeGreaterThanOrEqual(before.claimable_at);
        });
      }),
    );
  });

  it('tells each transition in its history', () => {
    fc.assert(
      fc.property(lives, (rows) => {
        const last = rows.at(-1);
        const transitions = new Set(rows.map(({ version }) => version)).size;
        expect(last?.history).toHaveLength(transitions);
      }),
    );
  });
});
