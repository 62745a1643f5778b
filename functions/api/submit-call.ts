import { idempotencyKeySchema } from '../../core/contract/idempotency-key-schema.ts';
import { checkInput } from '../../core/contract/input-errors.ts';
import { validationFailed } from '../../core/errors.ts';
import type { SubmitCall } from '../../core/usecases/submit-tasks.ts';
import type { ApiRequest } from '../shared/http-api/api-request.ts';

/** What a request submits. Throws `validation_failed` for an Idempotency-Key that is none. */
export function submitCallOf(request: Pick<ApiRequest, 'tenant' | 'body' | 'headers'>): SubmitCall {
  const { tenant, body } = request;
  const header = request.headers['idempotency-key'];
  if (header === undefined) return { tenant, body };
  const key = checkInput(idempotencyKeySchema, header, '/idempotency-key');
  if (!key.ok) throw validationFailed(key.errors);
  return { tenant, body, idempotencyKey: key.value };
}
