import { InMemoryObjectStore } from '../support/in-memory-object-store.ts';
import { objectStoreContract } from './object-store-contract.ts';

objectStoreContract(() => {
  const store = new InMemoryObjectStore();
  return { store, fetch: store.fetch };
});
