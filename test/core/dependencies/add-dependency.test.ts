import { describe, expect, it } from 'vitest';
import { addDependency } from '../../../core/changes/add-dependency.ts';
import { applyRowWrite } from '../../../core/row-write.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import { HOLD_MS, timerAtOf } from '../../../core/timer.ts';
import { aRow, NOW_MS } from '../../support/builders.ts';

const waiting = (more: Partial<TaskRow> = {}): TaskRow => ({
  ...aRow(),
  status: 'waiting',
  dependencies: ['0s task-x'],
  next_index: 1,
  waiting_on: ['0'],
  ...more,
});
const named = { task_id: 'task-y', condition: 'success' } as const;
const TERMS = { nowMs: NOW_MS, isMet: false };

const added = (row: TaskRow, terms = TERMS, on: typeof named = named): TaskRow => {
  const change = addDependency(row, on, terms);
  const outcome = change.kind === 'write' ? applyRowWrite(row, change.write) : undefined;
  if (outcome?.kind !== 'applied' || outcome.row === undefined) throw new Error('refused');
  return outcome.row;
};

describe('the first step of putting a dependency', () => {
  it('puts it into the row, open and held, with a timer', () => {
    expect(added(waiting())).toMatchObject({
      dependencies: ['0s task-x', '1s task-y'],
      next_index: 2,
      waiting_on: ['0', '1', 'h1'],
      timer_at: NOW_MS + HOLD_MS,
      version: 2,
    });
  });

  it('leaves the timer of another who is at work', () => {
    const row = waiting({ waiting_on: ['0', 'h0'], timer_at: NOW_MS + 5, timer_in: '0' });
    expect(added(row)).toMatchObject({ waiting_on: ['0', '1', 'h0', 'h1'], timer_at: NOW_MS + 5 });
  });

  it('keeps an earlier deadline as the timer', () => {
    expect(added(waiting({ deadline: NOW_MS + 7 })).timer_at).toBe(NOW_MS + 7);
  });

  it('holds a task that was just about to go on', () => {
    const { waiting_on: _w, next_index: _n, dependencies: _d, ...row } = waiting();
    expect(added(row)).toMatchObject({ waiting_on: ['0', 'h0'], dependencies: ['0s task-y'] });
    const change = addDependency(row, named, TERMS);
    const write = change.kind === 'write' ? change.write : undefined;
    expect(write && applyRowWrite({ ...row, waiting_on: ['9'] }, write).kind).toBe('refused');
  });

  it('is refused where the set is another by now: a member that has gone must not come back', () => {
    const change = addDependency(waiting({ waiting_on: ['0', '7'] }), named, TERMS);
    const write = change.kind === 'write' ? change.write : undefined;
    expect(write && applyRowWrite(waiting({ waiting_on: ['7'] }), write).kind).toBe('refused');
  });

  it('only puts it down where it is met', () => {
    const row = added(waiting(), { ...TERMS, isMet: true });
    expect(row).toMatchObject({ dependencies: ['0s task-x', '1s task-y'], next_index: 2, waiting_on: ['0'] });
    const { waiting_on: _, ...empty } = waiting();
    expect(added(empty, { ...TERMS, isMet: true })).toMatchObject({ next_index: 2, version: 2 });
  });

  it('is nothing where the same is there', () => {
    const same = { task_id: 'task-x', condition: 'success' } as const;
    expect(addDependency(waiting(), same, TERMS)).toMatchObject({
      kind: 'present',
      dependency: { index: 0 },
    });
  });
});

describe('the timer of a held task', () => {
  it('is there for those that agents claim, too', () => {
    const row = waiting({ type: 'agent', waiting_on: ['0', 'h'] });
    expect(timerAtOf(row, NOW_MS)).toBe(NOW_MS + HOLD_MS);
    expect(timerAtOf(waiting({ type: 'agent' }), NOW_MS)).toBeUndefined();
  });
});
