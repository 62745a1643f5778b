import { InMemoryAgentTasks } from '../support/in-memory-agent-tasks.ts';
import { InMemoryTaskStore } from '../support/in-memory-task-store.ts';
import { agentTasksContract } from './agent-tasks-contract.ts';

agentTasksContract(() => {
  const tasks = new InMemoryTaskStore();
  const agentTasks = new InMemoryAgentTasks(tasks.rows);
  return { tasks, agentTasks, countedTasks: agentTasks };
});
