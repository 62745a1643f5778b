import { InMemoryTaskStore } from '../support/in-memory-task-store.ts';
import { taskStoreContract } from './task-store-contract.ts';

taskStoreContract(() => new InMemoryTaskStore());
