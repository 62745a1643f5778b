import type { BulkKind } from '../../core/bulk.ts';
import { BASE_PATH } from '../../core/contract/routes.ts';
import { type StartBulkDeps, startBulk } from '../../core/usecases/start-bulk.ts';
import type { Answer } from '../shared/http-api/answer.ts';
import type { ApiRequest, Handlers } from '../shared/http-api/api-request.ts';
import { submitCallOf } from './submit-call.ts';

/** What the routes that change many tasks answer. */
export function createBulkAnswers(deps: StartBulkDeps): Handlers<'bulkCancel' | 'bulkRetry'> {
  const begin =
    (kind: BulkKind) =>
    async (request: ApiRequest<'bulkCancel' | 'bulkRetry'>): Promise<Answer> => {
      const begun = await startBulk(deps, kind, submitCallOf(request));
      if (begun.kind === 'counted') return { status: 200, body: begun.answer };
      const headers = { location: `${BASE_PATH}/tasks/${begun.answer.task_id}` };
      return { status: begun.isNew ? 202 : 200, headers, body: begun.answer };
    };
  return { bulkCancel: begin('cancel'), bulkRetry: begin('retry') };
}
