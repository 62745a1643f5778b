import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crashesOf } from '../../core/crashes.ts';

describe('the crashes of a task', () => {
  it('are the attempts before the present one that neither failed nor were given back', () => {
    const some = fc.nat({ max: 50 });
    fc.assert(
      fc.property(some, some, some, (crashes, failures, released) => {
        const attempt = crashes + failures + released + 1;
        expect(crashesOf({ attempt, failures, released })).toBe(crashes);
      }),
    );
  });
});
