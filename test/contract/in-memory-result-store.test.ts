import { InMemoryResultStore } from '../support/in-memory-result-store.ts';
import { resultStoreContract } from './result-store-contract.ts';

resultStoreContract(() => new InMemoryResultStore());
