import { InMemoryEdgeStore } from '../support/in-memory-edge-store.ts';
import { edgeStoreContract } from './edge-store-contract.ts';

edgeStoreContract(() => new InMemoryEdgeStore());
