import { InMemoryTaskStore } from '../support/in-memory-task-store.ts';
import { InMemoryTimerIndex } from '../support/in-memory-timer-index.ts';
import { timerIndexContract } from './timer-index-contract.ts';

timerIndexContract(() => {
  const tasks = new InMemoryTaskStore();
  return { tasks, timers: new InMemoryTimerIndex(tasks.rows) };
});
