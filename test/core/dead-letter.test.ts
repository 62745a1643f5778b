import { describe, expect, it } from 'vitest';
import { type DeadLetter, judgeDeadLetter } from '../../core/dead-letter.ts';
import { applyRowWrite, type RowWrite } from '../../core/row-write.ts';
import { failure } from '../../core/task-failure.ts';
import { NEVER, type TaskRow } from '../../core/task-row.ts';
import { aResult, aRow, claimed, NOW_MS } from '../support/builders.ts';

const TERMS = { nowMs: NOW_MS, retentionSeconds: 3600, receives: 9 };

const over = (): TaskRow => ({ ...claimed(aRow({ priority: 3 })), claimable_at: NOW_MS });

function writeOf(judged: DeadLetter): RowWrite {
  if (judged.kind !== 'write') throw new Error(`the judgement is ${judged.kind}`);
  return judged.write;
}

describe('a dead letter', () => {
  it('is dropped when its task is gone, has ended or has moved on', () => {
    const row = over();
    expect(judgeDeadLetter(undefined, row, TERMS)).toEqual({ kind: 'drop' });
    expect(judgeDeadLetter({ ...row, status: 'failed' }, row, TERMS)).toEqual({ kind: 'drop' });
    expect(judgeDeadLetter({ ...row, generation: 2 }, row, TERMS)).toEqual({ kind: 'drop' });
  });

  it('goes back while the lease of its task lives, or its retry is not due', () => {
    const live = { ...over(), claimable_at: NOW_MS + 1 };
    const early: TaskRow = { ...live, status: 'retrying' };
    expect(judgeDeadLetter(live, live, TERMS)).toEqual({ kind: 'put_back', untilMs: NOW_MS + 1 });
    expect(judgeDeadLetter(early, early, TERMS, [])).toEqual({ kind: 'put_back', untilMs: NOW_MS + 1 });
  });

  it('asks for the results before it ends anything', () => {
    expect(judgeDeadLetter(over(), over(), TERMS)).toEqual({ kind: 'read_results' });
  });

  it('fails its task by a deadline that has passed, whose place no fallback takes', () => {
    const row = { ...over(), deadline: NOW_MS, fallback: { value: 1 } };
    const { set } = writeOf(judgeDeadLetter(row, row, TERMS, []));
    expect(set).toMatchObject({ status: 'failed', failed_in: 'high', error: { code: 'deadline_exceeded' } });
  });

  it('fails its task with the reason', () => {
    const row = over();
    const outcome = applyRowWrite(row, writeOf(judgeDeadLetter(row, row, TERMS, [])));
    expect(outcome).toMatchObject({
      kind: 'applied',
      row: {
        status: 'failed',
        failed_in: 'high',
        claimable_at: NEVER,
        error: { code: 'dead_lettered', retryable: false, details: { receives: 9, attempts: 1 } },
      },
    });
  });

  it('tells the last error of its task along with the reason', () => {
    const row = { ...over(), error: failure('http_status', 'answered 503', true) };
    const write = writeOf(judgeDeadLetter(row, row, TERMS, []));
    expect(write.set.error?.message).toBe(
      'its message was received 9 times without an end (attempts 1); its last error was http_status: answered 503',
    );
  });

  it.each(['queued', 'scheduled', 'retrying', 'processing'] as const)(
    'completes a %s task whose success is stored',
    (status) => {
      const row = { ...over(), status };
      const write = writeOf(judgeDeadLetter(row, row, TERMS, [aResult(row)]));
      expect(applyRowWrite(row, write)).toMatchObject({
        kind: 'applied',
        row: { status: 'completed', result_attempt: 1, claimable_at: NEVER },
      });
    },
  );

  it('takes the timer of its task away', () => {
    const row = { ...claimed(aRow({ deadline: NOW_MS + 60_000 })), claimable_at: NOW_MS };
    const outcome = applyRowWrite(row, writeOf(judgeDeadLetter(row, row, TERMS, [])));
    const after = outcome.kind === 'applied' ? outcome.row : undefined;
    expect(after?.status).toBe('failed');
    expect(after).not.toHaveProperty('timer_at');
  });

  it('fails its task although an attempt of a former life had succeeded', () => {
    const life = { attempt: 1, failures: 0, released: 0 };
    const row = { ...over(), attempt: 2, life };
    expect(writeOf(judgeDeadLetter(row, row, TERMS, [aResult({ ...row, attempt: 1 })])).set.status).toBe(
      'failed',
    );
    expect(writeOf(judgeDeadLetter(row, row, TERMS, [aResult(row)])).set.status).toBe('completed');
  });

  it('cancels its task when the cancel was accepted', () => {
    const row = { ...over(), cancel_requested: true };
    const outcome = applyRowWrite(row, writeOf(judgeDeadLetter(row, row, TERMS, [])));
    expect(outcome).toMatchObject({
      kind: 'applied',
      row: { status: 'cancelled', error: { code: 'cancelled' } },
    });
  });

  it('fails no task whose cancel was accepted since it was read', () => {
    const row = over();
    const write = writeOf(judgeDeadLetter(row, row, TERMS, []));
    expect(applyRowWrite({ ...row, cancel_requested: true }, write).kind).toBe('refused');
  });

  it('marks its task for the removal of objects when the stored success has one', () => {
    const row = over();
    const { output: _, ...large } = { ...aResult(row), output_bytes: 300_000 };
    const [plain, marked] = [aResult(row), large].map((result) =>
      writeOf(judgeDeadLetter(row, row, TERMS, [result])),
    );
    expect(marked?.set.has_objects).toBe(true);
    expect(plain?.set).not.toHaveProperty('has_objects');
  });

  it('is refused by a task that was claimed, moved or ended since it was read', () => {
    const row = over();
    const write = writeOf(judgeDeadLetter(row, row, TERMS, []));
    const changes: Partial<TaskRow>[] = [
      { attempt: 2 },
      { generation: 2 },
      { claimable_at: NEVER },
      { status: 'completed' },
    ];
    for (const change of changes) expect(applyRowWrite({ ...row, ...change }, write).kind).toBe('refused');
  });
});
