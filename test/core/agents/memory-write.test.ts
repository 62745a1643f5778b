import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isRemembered,
  judgeMemoryWrite,
  type MemoryItem,
  type MemoryWrite,
  writtenItem,
} from '../../../core/agents/memory-write.ts';
import { NOW_MS } from '../../support/builders.ts';

const item = (more: Partial<MemoryItem> = {}): MemoryItem => ({
  value: '1',
  version: NOW_MS - 1000,
  write_id: 'w0',
  ...more,
});
const deleted = ({ value: _, ...rest } = item()): MemoryItem => rest;
const forgotten = item({ forgotten_at: NOW_MS });
const write = (more: Partial<MemoryWrite> = {}): MemoryWrite => ({
  agentId: 'a',
  key: 'k',
  value: '2',
  expect: { kind: 'any' },
  nowMs: NOW_MS,
  writeId: 'w1',
  ...more,
});
const deletion = (expect: MemoryWrite['expect'] = { kind: 'any' }): MemoryWrite => {
  const { value: _, ...rest } = write({ expect });
  return rest;
};
const exact = (version: number) => ({ kind: 'version', version }) as const;

describe('an entry', () => {
  it('is seen until the moment it is forgotten', () => {
    expect(isRemembered(item(), NOW_MS)).toBe(true);
    expect(isRemembered(item({ forgotten_at: NOW_MS + 1 }), NOW_MS)).toBe(true);
    expect(isRemembered(forgotten, NOW_MS)).toBe(false);
    expect(isRemembered(deleted(), NOW_MS)).toBe(false);
    expect(isRemembered(undefined, NOW_MS)).toBe(false);
  });

  it('stays in the table a day longer than anybody sees it, so that its versions are not forgotten at once', () => {
    expect(writtenItem(write({ forgottenAtMs: NOW_MS + 1500 }))).toEqual({
      value: '2',
      write_id: 'w1',
      forgotten_at: NOW_MS + 1500,
      expires_at: Math.ceil((NOW_MS + 1500) / 1000) + 86_400,
    });
    expect(writtenItem(write())).toEqual({ value: '2', write_id: 'w1' });
  });

  it('leaves its version behind for 30 days when it is deleted', () => {
    expect(writtenItem(deletion())).toEqual({ write_id: 'w1', expires_at: NOW_MS / 1000 + 30 * 86_400 });
  });
});

describe('a write of whatever is there', () => {
  it('is new where there is nothing, or nothing any more', () => {
    for (const before of [undefined, deleted(), forgotten])
      expect(judgeMemoryWrite(before, write())).toEqual({ kind: 'written', version: NOW_MS, isNew: true });
  });

  it('replaces what is there', () => {
    expect(judgeMemoryWrite(item(), write())).toEqual({ kind: 'written', version: NOW_MS, isNew: false });
  });

  it('gets the next version where the entry is as new as the clock, or newer', () => {
    expect(judgeMemoryWrite(item({ version: NOW_MS }), write())).toMatchObject({ version: NOW_MS + 1 });
    expect(judgeMemoryWrite(item({ version: NOW_MS + 7 }), write())).toMatchObject({ version: NOW_MS + 8 });
  });
});

describe('a write of what is not there', () => {
  it('is written over what is deleted or forgotten, and fails over what is there', () => {
    const create = write({ expect: { kind: 'absent' } });
    expect(judgeMemoryWrite(undefined, create)).toMatchObject({ kind: 'written', isNew: true });
    expect(judgeMemoryWrite(forgotten, create)).toMatchObject({ kind: 'written', isNew: true });
    expect(judgeMemoryWrite(item(), create)).toEqual({ kind: 'mismatch', version: NOW_MS - 1000 });
  });
});

describe('a write of what is there', () => {
  it('is written over that, and fails over nothing', () => {
    const change = write({ expect: { kind: 'present' } });
    expect(judgeMemoryWrite(item(), change)).toMatchObject({ kind: 'written', isNew: false });
    expect(judgeMemoryWrite(deleted(), change)).toEqual({ kind: 'mismatch', version: undefined });
  });
});

describe('a write of one version', () => {
  it('is written over that version, and fails over any other and over nothing', () => {
    expect(judgeMemoryWrite(item(), write({ expect: exact(NOW_MS - 1000) }))).toMatchObject({
      kind: 'written',
      isNew: false,
    });
    expect(judgeMemoryWrite(item(), write({ expect: exact(1) }))).toEqual({
      kind: 'mismatch',
      version: NOW_MS - 1000,
    });
    expect(judgeMemoryWrite(undefined, write({ expect: exact(1) }))).toEqual({
      kind: 'mismatch',
      version: undefined,
    });
    expect(judgeMemoryWrite(forgotten, write({ expect: exact(forgotten.version) }))).toMatchObject({
      kind: 'mismatch',
    });
  });
});

describe('a deletion', () => {
  it('is one more write', () => {
    expect(judgeMemoryWrite(item(), deletion())).toMatchObject({ kind: 'written', version: NOW_MS });
    expect(judgeMemoryWrite(item(), deletion(exact(NOW_MS - 1000)))).toMatchObject({ kind: 'written' });
  });

  it('finds nothing to do where there is nothing', () => {
    for (const before of [undefined, deleted(), forgotten])
      expect(judgeMemoryWrite(before, deletion())).toEqual({ kind: 'nothing' });
  });

  it('fails where the version it names is not there', () => {
    expect(judgeMemoryWrite(undefined, deletion(exact(1)))).toMatchObject({ kind: 'mismatch' });
  });
});

describe('a write that happened at a moment before', () => {
  const past = write({ expect: { kind: 'older', thanMs: NOW_MS - 500 } });

  it('has that moment as its version', () => {
    expect(judgeMemoryWrite(undefined, past)).toMatchObject({ kind: 'written', version: NOW_MS - 500 });
    expect(judgeMemoryWrite(item(), past)).toMatchObject({ kind: 'written', version: NOW_MS - 500 });
    expect(judgeMemoryWrite(deleted(), past)).toMatchObject({ kind: 'written', isNew: true });
  });

  it('fails over itself, and over whatever was written or deleted since', () => {
    expect(judgeMemoryWrite(item({ version: NOW_MS - 500 }), past)).toMatchObject({ kind: 'mismatch' });
    expect(judgeMemoryWrite(item({ version: NOW_MS }), past)).toMatchObject({ kind: 'mismatch' });
    const { value: _, ...tombstone } = item({ version: NOW_MS });
    expect(judgeMemoryWrite(tombstone, past)).toEqual({ kind: 'mismatch', version: undefined });
  });
});

describe('the versions of a key', () => {
  it('rise with every write, whatever the clocks of the writers say, also over deletions', () => {
    const step = fc.record({ deletes: fc.boolean(), clockMs: fc.integer({ min: -2000, max: 2000 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let stored: MemoryItem | undefined;
        for (const [index, { deletes, clockMs }] of steps.entries()) {
          const at = { nowMs: NOW_MS + clockMs, writeId: `w${index}` };
          const next = deletes ? { ...deletion(), ...at } : write(at);
          const outcome = judgeMemoryWrite(stored, next);
          if (outcome.kind !== 'written') continue;
          if (stored !== undefined) expect(outcome.version).toBeGreaterThan(stored.version);
          stored = { ...writtenItem(next), version: outcome.version };
        }
      }),
    );
  });
});
