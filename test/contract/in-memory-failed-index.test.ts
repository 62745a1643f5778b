import { InMemoryFailedIndex } from '../support/in-memory-failed-index.ts';
import { InMemoryTaskStore } from '../support/in-memory-task-store.ts';
import { failedIndexContract } from './failed-index-contract.ts';

failedIndexContract(() => {
  const tasks = new InMemoryTaskStore();
  return { tasks, failed: new InMemoryFailedIndex(tasks.rows) };
});
