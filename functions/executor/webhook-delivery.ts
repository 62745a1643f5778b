import * as z from 'zod';
import { httpUrl } from '../../core/contract/http-url.ts';
import { taskIdSchema } from '../../core/contract/identifiers.ts';
import { WEBHOOK_TYPE } from '../../core/related-tasks.ts';
import { isEnded } from '../../core/status.ts';
import { TaskError } from '../../core/task-error.ts';
import { type ReadDeps, showResult, showTask } from '../../core/usecases/read-task.ts';
import { SIGNATURE_HEADER, signWebhook } from '../../core/webhook-signature.ts';
import type { SendHttp } from '../shared/http/guarded-client.ts';
import { statusFailure } from '../shared/http/status-failure.ts';
import { defineTask } from '../tasks/define-task.ts';

export interface WebhookDeps extends ReadDeps {
  readonly send: SendHttp;
  /** The secret's current value, and the one before while it is rotated. */
  readonly keys: () => Promise<readonly string[]>;
}

const input = z.strictObject({
  url: httpUrl,
  event: z.enum(['task.completed', 'task.failed', 'task.cancelled']),
  task_id: taskIdSchema,
});

/** Bytes of an answer that are read: its status is what counts. */
const ANSWER_BYTES = 4096;

/**
 * The type of the tasks that post `{ event, task, result }` to a task's `callback_url`, signed. Task and result
 * are as they are when it is sent: `result` is null where the task has been retried since. Every answer but 2xx
 * is tried again, 410 (Gone) aside.
 */
export function webhookDelivery(deps: WebhookDeps) {
  return defineTask({
    type: WEBHOOK_TYPE,
    input,
    run: async ({ payload: { url, event, task_id }, signal }) => {
      const row = await deps.tasks.read(task_id);
      if (row === undefined)
        throw new TaskError('task_gone', `there is no task ${task_id} any more`, { retryable: false });
      const task = await showTask(deps, row);
      const result = isEnded(row.status) ? await showResult(deps, row) : null;
      const body = JSON.stringify({ event, task, result });
      const headers = {
        'content-type': 'application/json',
        'user-agent': 'tasklane',
        [SIGNATURE_HEADER]: signWebhook(body, deps.clock.nowMs(), await deps.keys()),
      };
      const response = await deps.send(
        { method: 'POST', url, headers, body },
        { signal, bodyLimit: () => ({ bytes: ANSWER_BYTES, beyond: 'cut' }) },
      );
      if (response.status >= 200 && response.status < 300) return { status: response.status };
      const { code, message, details, retryAfterSeconds } = statusFailure(response, deps.clock.nowMs());
      throw new TaskError(code, message, {
        retryable: response.status !== 410,
        ...(details === undefined ? {} : { details }),
        ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
      });
    },
  });
}
