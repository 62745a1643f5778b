import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bodyHash } from '../../core/body-hash.ts';
import { canonicalJson } from '../../core/canonical-json.ts';
import { payloadIdOf } from '../../core/payload-id.ts';
import { keyedTaskId, newTaskId } from '../../core/task-id.ts';

const submission = fc.record({ route: fc.string(), tenant: fc.string(), key: fc.string(), index: fc.nat() });

describe('an id from an idempotency key', () => {
  it('is the same for the same key, and another for any other', () => {
    fc.assert(
      fc.property(submission, submission, (a, b) => {
        expect(keyedTaskId(a)).toBe(keyedTaskId({ ...a }));
        expect(keyedTaskId(a) === keyedTaskId(b)).toBe(canonicalJson(a) === canonicalJson(b));
      }),
    );
  });

  it('is one that has been given before: it must never change', () => {
    const known = { route: 'POST /tasks', tenant: 'client-1', key: 'k', index: 0 };
    expect(keyedTaskId(known)).toBe('task-0a6e67a2-3eff-5a43-8b01-1802454a4ee1');
  });
});

describe('a new id', () => {
  it('is of its moment and its random bytes', () => {
    const nowMs = Date.UTC(2026, 10, 21, 10);
    const id = newTaskId(nowMs, new Uint8Array(16).fill(0xff));
    expect(id).toMatch(/^task-[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-ffffffffffff$/);
    expect(Number.parseInt(id.slice(5, 18).replace('-', ''), 16)).toBe(nowMs);
  });
});

describe('canonical JSON', () => {
  it('says the same value whatever the order of its names', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const reversed = JSON.parse(JSON.stringify(value), (_, member) =>
          typeof member === 'object' && member !== null && !Array.isArray(member)
            ? Object.fromEntries(Object.entries(member).reverse())
            : member,
        );
        expect(canonicalJson(reversed)).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('leaves out what is not there', () => {
    expect(canonicalJson({ b: undefined, a: [1, 'ä', null] })).toBe('{"a":[1,"ä",null]}');
  });
});

describe('the hash of a body', () => {
  it('has 22 characters', () => {
    expect(bodyHash({ a: 1 })).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(bodyHash({ a: 1 })).not.toBe(bodyHash({ a: 2 }));
  });
});

describe('the id of a stored payload', () => {
  it("is the task's, and with a key that of the body too", () => {
    expect(payloadIdOf({ task_id: 'task-1' })).toBe('task-1');
    expect(payloadIdOf({ task_id: 'task-1', body_hash: 'h' })).toBe('task-1.h');
  });
});
