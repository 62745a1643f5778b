import {
  type ChangeDependenciesDeps,
  deleteDependency,
  putDependency,
} from '../../core/usecases/change-dependencies.ts';
import { type ReadDeps, showTask } from '../../core/usecases/read-task.ts';
import type { Handlers } from '../shared/http-api/api-request.ts';

/** What the routes answer that change what a task waits for. */
export function createDependencyAnswers(
  deps: ChangeDependenciesDeps & ReadDeps,
): Handlers<'putDependency' | 'deleteDependency'> {
  return {
    putDependency: async ({ params, body }) => {
      const { row, isNew } = await putDependency(deps, params.task_id, params.dependency_id, body);
      return {
        status: isNew ? 201 : 200,
        headers: { etag: `"${row.version}"` },
        body: await showTask(deps, row),
      };
    },
    deleteDependency: async ({ params }) => {
      await deleteDependency(deps, params.task_id, params.dependency_id);
      return { status: 204 };
    },
  };
}
