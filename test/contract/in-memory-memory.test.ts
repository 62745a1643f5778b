import { InMemoryMemory } from '../support/in-memory-memory.ts';
import { memoryStoreContract } from './memory-store-contract.ts';

memoryStoreContract(() => new InMemoryMemory());
