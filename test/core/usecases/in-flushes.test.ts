import { describe, expect, it } from 'vitest';
import { inFlushes } from '../../../core/usecases/in-flushes.ts';

/** A wait that is over when it is told so. */
function aWait() {
  const open: (() => void)[] = [];
  return {
    wait: () => new Promise<void>((resolve) => void open.push(resolve)),
    elapse: async () => {
      for (const resolve of open.splice(0)) resolve();
      await settled();
    },
  };
}

const settled = () => new Promise<void>((resolve) => void setImmediate(resolve));

function setup(size = 25) {
  const { wait, elapse } = aWait();
  const flushed: number[][] = [];
  const terms = { size, afterMs: 50, wait };
  const flush = async (values: number[]) => void flushed.push(values);
  return { flushed, terms, flush, elapse };
}

describe('values that are flushed as they come', () => {
  it('go together when all of them are there', async () => {
    const { flushed, terms, flush } = setup();
    await inFlushes(
      [1, 2, 3].map(async (value) => value),
      terms,
      flush,
    );
    expect(flushed).toEqual([[1, 2, 3]]);
  });

  it('go as soon as enough have gathered', async () => {
    const { flushed, terms, flush } = setup(2);
    await inFlushes(
      [1, 2, 3, 4, 5].map(async (value) => value),
      terms,
      flush,
    );
    expect(flushed).toEqual([[1, 2], [3, 4], [5]]);
  });

  it('start no wait where all of them are there', async () => {
    const { terms, flush } = setup();
    let waits = 0;
    const wait = async () => {
      waits += 1;
    };
    await inFlushes(
      [1, 2, 3].map(async (value) => value),
      { ...terms, wait },
      flush,
    );
    expect(waits).toBe(0);
  });

  it('never wait for a slow one longer than the time after the first', async () => {
    const { flushed, terms, flush, elapse } = setup();
    const slow = Promise.withResolvers<number>();
    const all = inFlushes([Promise.resolve(1), slow.promise, Promise.resolve(2)], terms, flush);
    await settled();
    expect(flushed).toEqual([]);
    await elapse();
    expect(flushed).toEqual([[1, 2]]);
    slow.resolve(3);
    await all;
    expect(flushed).toEqual([[1, 2], [3]]);
  });

  it('are not flushed again by the wait of a group that has gone', async () => {
    const { flushed, terms, flush, elapse } = setup(2);
    const [second, third] = [Promise.withResolvers<number>(), Promise.withResolvers<number>()];
    const all = inFlushes([Promise.resolve(1), second.promise, third.promise], terms, flush);
    await settled();
    second.resolve(2);
    await settled();
    expect(flushed).toEqual([[1, 2]]);
    await elapse();
    third.resolve(3);
    await all;
    expect(flushed).toEqual([[1, 2], [3]]);
  });

  it('flush nothing where there is nothing', async () => {
    const { flushed, terms, flush } = setup();
    await inFlushes([], terms, flush);
    expect(flushed).toEqual([]);
  });

  it('fails with the first rejection, after the others have been handed on', async () => {
    const { flushed, terms, flush } = setup();
    const broken = new Error('broken');
    await expect(inFlushes([Promise.reject(broken), Promise.resolve(2)], terms, flush)).rejects.toBe(broken);
    expect(flushed).toEqual([[2]]);
  });

  it('fails with the rejection of a flush, after the other flushes', async () => {
    const { flushed, terms, flush } = setup(1);
    const broken = new Error('the table is away');
    const failing = async (values: number[]) => {
      await flush(values);
      if (values.includes(1)) throw broken;
    };
    await expect(
      inFlushes(
        [1, 2].map(async (value) => value),
        terms,
        failing,
      ),
    ).rejects.toBe(broken);
    expect(flushed).toEqual([[1], [2]]);
  });

  it('fails where every promise is rejected, and flushes nothing', async () => {
    const { flushed, terms, flush } = setup();
    await expect(inFlushes([Promise.reject(new Error('all'))], terms, flush)).rejects.toThrow('all');
    expect(flushed).toEqual([]);
  });
});
