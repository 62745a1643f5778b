import { isEnded } from './status.ts';
import type { Submission } from './submission.ts';
import { derivedTaskId } from './task-id.ts';
import type { TaskRow } from './task-row.ts';

/** A task that the platform itself submits because of another. */
export interface RelatedTask {
  /** Made from what it belongs to: submitted twice, it is there once. */
  readonly taskId: string;
  readonly submission: Submission;
}

/** The type of the tasks that post other tasks to their `callback_url`; nobody else can submit it. */
export const WEBHOOK_TYPE = 'webhook_delivery';

/** What a delivery is told to post. */
export interface WebhookPayload {
  readonly url: string;
  readonly event: `task.${'completed' | 'failed' | 'cancelled'}`;
  readonly task_id: string;
}

/**
 * A delivery is tried for about a day: after 10 s, 20 s, 40 s and so on, from the tenth time on each hour
 * (10 s * (2^9 - 1) = 85 min, then 23 times an hour).
 */
const WEBHOOK_RETRY = {
  max_attempts: 33,
  initial_delay_seconds: 10,
  backoff_factor: 2,
  max_delay_seconds: 3600,
  jitter: 'none',
} as const;

/** The tasks that follow from the end of a task: its compensation where it failed, and the post to its callback. */
export function relatedTasksOf(row: TaskRow): readonly RelatedTask[] {
  if (!isEnded(row.status)) return [];
  const { task_id, callback_url, compensation } = row;
  const related: RelatedTask[] = [];
  if (row.status === 'failed' && compensation !== undefined) {
    // Each life of the task may fail, also without an attempt of its own.
    const taskId = derivedTaskId(row, 'compensation', row.version);
    related.push({ taskId, submission: { name: `compensation of ${task_id}`, ...compensation } });
  }
  if (callback_url !== undefined) {
    const event = `task.${row.status}` as WebhookPayload['event'];
    related.push({
      taskId: derivedTaskId(row, 'webhook', row.version),
      submission: {
        type: WEBHOOK_TYPE,
        name: `webhook of ${task_id}`,
        payload: { url: callback_url, event, task_id } satisfies WebhookPayload,
        retry: WEBHOOK_RETRY,
      },
    });
  }
  return related;
}
