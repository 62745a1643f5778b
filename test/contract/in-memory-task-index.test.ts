import { InMemoryTaskIndex } from '../support/in-memory-task-index.ts';
import { InMemoryTaskStore } from '../support/in-memory-task-store.ts';
import { taskIndexContract } from './task-index-contract.ts';

taskIndexContract(() => {
  const tasks = new InMemoryTaskStore();
  const index = new InMemoryTaskIndex(tasks.rows);
  return { tasks, index, labels: index, hours: index, expiredRows: index };
});
