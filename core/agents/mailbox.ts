import { DEFAULT_PRIORITY } from '../lane.ts';
import type { Removable, Settable } from '../row-write.ts';
import type { TaskRow } from '../task-row.ts';

/** The type of the tasks that agents claim; the platform's executors never get one. */
export const AGENT_TYPE = 'agent';

/** Whether agents claim the task, instead of a lane's message bringing it to an executor. */
export function isPulled({ type }: Pick<TaskRow, 'type'>): boolean {
  return type === AGENT_TYPE;
}

/** Where a task waits for an agent: the mailbox of one agent, or of a capability. */
export function mailboxOf({ agent_id, capability }: Pick<TaskRow, 'agent_id' | 'capability'>): string {
  return agent_id === undefined ? capabilityMailbox(capability ?? '') : agentMailbox(agent_id);
}

export const agentMailbox = (agentId: string): string => `agent#${agentId}`;
export const capabilityMailbox = (capability: string): string => `capability#${capability}`;

/** The part of a mailbox for what cannot be claimed before a moment: leased, or due later. */
export const laterOf = (mailbox: string): string => `later#${mailbox}`;

/** What an entry of a mailbox tells of its task. */
export interface MailboxEntry {
  readonly taskId: string;
  readonly priority: number;
  readonly createdAtMs: number;
}

/** Strictly by priority, then by age: negative where `a` comes first. */
export function compareEntries(a: MailboxEntry, b: MailboxEntry): number {
  return a.priority - b.priority || a.createdAtMs - b.createdAtMs || (a.taskId < b.taskId ? -1 : 1);
}

/** The sort key of what can be claimed: two digits of priority, 13 of creation, the task. */
function readyKey(row: Pick<TaskRow, 'priority' | 'listed_at'>): string {
  return `${String(row.priority ?? DEFAULT_PRIORITY).padStart(2, '0')}#${row.listed_at}`;
}

/** Everything of the later part that can be claimed at a moment is below this. */
export function laterBound(nowMs: number): string {
  return String(nowMs + 1);
}

/** The entry that a sort key stands for, of either part. */
export function parseMailboxKey(key: string): MailboxEntry {
  const [taskId = '', created, priority] = key.split('#').reverse();
  return { taskId, priority: Number(priority), createdAtMs: Number(created) };
}

type Placed = Pick<TaskRow, 'status' | 'claimable_at' | 'priority'>;

/** The part of a write that keeps a task's place in its mailbox true; nothing for a task that no agent claims. */
export function mailboxChange(
  row: TaskRow,
  next: Placed,
): { readonly set: Settable; readonly remove: readonly Removable[] } {
  if (!isPulled(row)) return { set: {}, remove: [] };
  const place = placeOf(row, next);
  if (place === undefined)
    return { set: {}, remove: row.mailbox === undefined ? [] : ['mailbox', 'mailbox_at'] };
  const isSame = place.mailbox === row.mailbox && place.mailbox_at === row.mailbox_at;
  return { set: isSame ? {} : place, remove: [] };
}

function placeOf(row: TaskRow, { status, claimable_at, priority }: Placed) {
  const key = readyKey({ listed_at: row.listed_at, ...(priority === undefined ? {} : { priority }) });
  switch (status) {
    case 'queued':
      return { mailbox: mailboxOf(row), mailbox_at: key };
    case 'scheduled':
    case 'retrying':
    case 'processing':
      return { mailbox: laterOf(mailboxOf(row)), mailbox_at: `${claimable_at}#${key}` };
    default:
      return undefined;
  }
}
