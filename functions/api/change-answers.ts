import { versionOfIfMatch } from '../../core/contract/if-match-schema.ts';
import type { TaskRow } from '../../core/task-row.ts';
import {
  type ChangeDeps,
  cancelTask,
  patchTask,
  type RetryDeps,
  restartTask,
  retryTask,
} from '../../core/usecases/change-task.ts';
import { type ReadDeps, showTask } from '../../core/usecases/read-task.ts';
import type { Answer } from '../shared/http-api/answer.ts';
import type { ApiRequest, Handlers } from '../shared/http-api/api-request.ts';

export type ChangeAnswersDeps = ChangeDeps & RetryDeps & ReadDeps;

type Changing = 'patchTask' | 'cancelTask' | 'retryTask' | 'restartTask';

/** What the routes that change a task answer. */
export function createChangeAnswers(deps: ChangeAnswersDeps): Handlers<Changing> {
  const answer = async (status: number, row: TaskRow): Promise<Answer> => ({
    status,
    headers: { etag: `"${row.version}"` },
    body: await showTask(deps, row),
  });
  return {
    patchTask: async (request) => {
      const row = await patchTask(deps, request.params.task_id, request.body, ifMatchOf(request));
      return await answer(200, row);
    },
    cancelTask: async ({ params }) => {
      const row = await cancelTask(deps, params.task_id);
      return await answer(row.status === 'cancelled' ? 200 : 202, row);
    },
    retryTask: async ({ params }) => await answer(202, await retryTask(deps, params.task_id)),
    restartTask: async ({ params }) => await answer(200, await restartTask(deps, params.task_id)),
  };
}

/** The version that a request's `If-Match` names; undefined where any will do. */
export function ifMatchOf({ headers }: Pick<ApiRequest, 'headers'>): number | undefined {
  const header = headers['if-match'];
  return header === undefined || header === '*' ? undefined : versionOfIfMatch(header);
}
