import { beforeEach, describe, expect, it } from 'vitest';
import { TaskError } from '../../../core/task-error.ts';
import { AttemptNotes } from '../../../functions/executor/attempt-notes.ts';
import { NOW_MS } from '../../support/builders.ts';
import { FixedClock } from '../../support/fixed-clock.ts';

let clock: FixedClock;
let warnings: unknown[];
let notes: AttemptNotes;

beforeEach(() => {
  clock = new FixedClock(NOW_MS);
  warnings = [];
  const silent = () => undefined;
  const log = {
    debug: silent,
    info: silent,
    error: silent,
    warn: (_: string, fields?: object) => void warnings.push(fields),
  };
  notes = new AttemptNotes(clock, log);
});

describe('the metrics of a handler', () => {
  it('add up by name', () => {
    notes.count('rows', 2);
    notes.count('rows', 3);
    notes.count('cost_usd', 0.25);
    notes.over();
    expect(notes.usage()).toEqual({ custom: { rows: 5, cost_usd: 0.25 } });
  });

  it('cost a handler that has none nothing', () => {
    notes.over();
    expect(notes.usage()).toEqual({});
  });

  it('are twenty names at most; more of a name that is there may come', () => {
    for (let n = 0; n < 21; n += 1) notes.count(`m${n}`, 1);
    notes.count('m0', 1);
    const { custom = {} } = notes.usage();
    expect(Object.keys(custom)).toHaveLength(20);
    expect(custom.m0).toBe(2);
    expect(warnings).toEqual([{ name: 'm20', value: 1, max: 20 }]);
  });

  it.each([
    ['', 1],
    ['two words', 1],
    ['x'.repeat(65), 1],
    ['rows', Number.NaN],
    ['rows', Number.POSITIVE_INFINITY],
  ])('fails to keep %j: %d, and says so', (name, value) => {
    notes.count(name, value);
    expect(notes.usage()).toEqual({});
    expect(warnings).toHaveLength(1);
  });

  it('end with the attempt', () => {
    notes.over();
    notes.count('rows', 1);
    expect(notes.usage()).toEqual({});
  });
});

describe('the stages of a pipeline', () => {
  it('are timed, with what they threw and whether a fallback took their place', () => {
    const endFirst = notes.begin('first');
    clock.advance(5);
    endFirst({ fallbackUsed: false });
    const endSecond = notes.begin('second');
    clock.advance(7);
    endSecond({ fallbackUsed: true, error: { thrown: new TaskError('boom', 'x'.repeat(300)) } });
    notes.over();
    expect(notes.usage().stages).toEqual([
      { name: 'first', duration_ms: 5, fallback_used: false, error: null },
      {
        name: 'second',
        duration_ms: 7,
        fallback_used: true,
        error: { code: 'boom', message: 'x'.repeat(256) },
      },
    ]);
    expect(notes.times()).toEqual([
      { name: 'first', startedAtMs: NOW_MS, endedAtMs: NOW_MS + 5 },
      { name: 'second', startedAtMs: NOW_MS + 5, endedAtMs: NOW_MS + 12 },
    ]);
    expect(notes.usedFallback()).toBe(true);
  });

  it('end where the attempt ends', () => {
    const end = notes.begin('slow');
    clock.advance(5);
    notes.over();
    clock.advance(100);
    end({ fallbackUsed: true });
    notes.begin('late');
    expect(notes.usage().stages).toEqual([
      { name: 'slow', duration_ms: 5, fallback_used: false, error: null },
    ]);
  });
});
