import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeHistory, encodeTransition, extendHistory, MAX_HISTORY } from '../../core/history.ts';
import { TASK_STATUSES } from '../../core/status.ts';

const aTransition = fc.record({
  at: fc.integer({ min: 0, max: Date.UTC(2286, 0) }),
  to: fc.constantFrom(...TASK_STATUSES),
  cause: fc.string({ maxLength: 64 }),
});

describe('the history of a row', () => {
  it('tells each transition as it was stored, with the state before it', () => {
    fc.assert(
      fc.property(fc.array(aTransition), (transitions) => {
        const stored = transitions.map(({ at, to, cause }) => encodeTransition(at, to, cause));
        const told = transitions.map((one, index) => ({ from: transitions[index - 1]?.to ?? null, ...one }));
        expect(decodeHistory(stored)).toEqual(told);
      }),
    );
  });

  it('costs the row about 60 bytes on the normal path', () => {
    const at = Date.UTC(2026, 10, 21);
    const stored = [
      encodeTransition(at, 'queued', 'submitted'),
      encodeTransition(at, 'processing', 'claimed'),
      encodeTransition(at, 'completed', 'succeeded'),
    ];
    expect(stored.join('').length).toBeLessThanOrEqual(60);
  });

  it('cuts a cause to 64 characters', () => {
    const [entry] = decodeHistory([encodeTransition(1, 'failed', 'x'.repeat(200))]);
    expect(entry?.cause).toBe('x'.repeat(64));
  });

  it('fails for a text that is no stored transition', () => {
    expect(() => decodeHistory(['mi8zk3q1z why'])).toThrow('"mi8zk3q1z why" is no stored transition');
    expect(() => decodeHistory([''])).toThrow('"" is no stored transition');
  });
});

describe('a history that grows', () => {
  it('keeps the first two transitions and the newest, fifty in all', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), (count) => {
        const all = Array.from({ length: count }, (_, index) =>
          encodeTransition(index, 'queued', `${index}`),
        );
        const kept = all.reduce<string[]>(extendHistory, []);
        expect(kept).toEqual(
          count <= MAX_HISTORY ? all : [...all.slice(0, 2), ...all.slice(2 - MAX_HISTORY)],
        );
      }),
    );
  });

  it('keeps the first start too, wherever it stands, and the order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.nat(199), (count, start) => {
        const all = Array.from({ length: count }, (_, index) =>
          encodeTransition(index, index >= start && (index - start) % 2 === 0 ? 'processing' : 'queued', ''),
        );
        const kept = all.reduce<string[]>(extendHistory, []);
        expect(kept.length).toBe(Math.min(count, MAX_HISTORY));
        expect(kept.slice(0, 2)).toEqual(all.slice(0, 2));
        const times = decodeHistory(kept).map(({ at }) => at);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
        if (start < count) expect(times).toContain(start);
        expect(times.at(-1)).toBe(count - 1);
      }),
    );
  });
});
