import { groupIdOf } from './group-id.ts';
import type { TaskRow } from './task-row.ts';
import { shardOf } from './time-index.ts';

/**
 * Groups that one tenant's tasks are folded into. SQS calls a group noisy from 10 % of what a queue has in flight:
 * a tenant that spreads a flood over all of its groups still has 12.5 % in each, and looks quiet in none.
 */
export const GROUPS_A_TENANT = 8;

/**
 * The group that a task's lane message belongs to: while one group has a backlog, SQS hands out the messages of the
 * others first. A group stands for the task's fairness key, else its agent, else its tenant.
 */
export function fairnessGroupOf(row: Pick<TaskRow, 'tenant' | 'fairness_key' | 'agent_id'>): string {
  const key = row.fairness_key ?? row.agent_id ?? '';
  return groupIdOf(row.tenant, String(shardOf(key, GROUPS_A_TENANT)));
}
