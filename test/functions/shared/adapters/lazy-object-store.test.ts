import { expect, it } from 'vitest';
import { LazyObjectStore } from '../../../../functions/shared/adapters/lazy-object-store.ts';
import { objectStoreContract } from '../../../contract/object-store-contract.ts';
import { InMemoryObjectStore } from '../../../support/in-memory-object-store.ts';

objectStoreContract(() => {
  const store = new InMemoryObjectStore();
  return { store: new LazyObjectStore(async () => store), fetch: store.fetch };
});

it('is loaded with its first use, once', async () => {
  let loads = 0;
  const store = new LazyObjectStore(async () => {
    loads += 1;
    return new InMemoryObjectStore();
  });
  expect(loads).toBe(0);
  await Promise.all([store.bytesOf('a'), store.read('b')]);
  await store.put('a', '1');
  expect(await store.read('a')).toBe('1');
  expect(loads).toBe(1);
});

it('is loaded again where that failed', async () => {
  const answers = [Promise.reject(new Error('disk')), Promise.resolve(new InMemoryObjectStore())];
  const store = new LazyObjectStore(() => answers.shift() ?? Promise.reject(new Error('a third time')));
  await expect(store.read('a')).rejects.toThrow('disk');
  expect(await store.read('a')).toBeUndefined();
});
