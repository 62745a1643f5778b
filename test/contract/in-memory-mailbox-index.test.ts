import { InMemoryMailboxIndex } from '../support/in-memory-mailbox-index.ts';
import { InMemoryTaskStore } from '../support/in-memory-task-store.ts';
import { mailboxIndexContract } from './mailbox-index-contract.ts';

mailboxIndexContract(() => {
  const tasks = new InMemoryTaskStore();
  return { tasks, mailboxes: new InMemoryMailboxIndex(tasks.rows) };
});
