import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { checkInput } from '../../../core/contract/input-errors.ts';
import { validationFailed } from '../../../core/errors.ts';
import type { RouteMatch } from './match-route.ts';
import { queryOf } from './query-of.ts';

/** The checked ids and parameters of a request. Throws `validation_failed` with all that is wrong in both. */
export function checkRequest(
  { route, params }: RouteMatch,
  event: APIGatewayProxyEventV2,
): { readonly params: unknown; readonly query: unknown } {
  const ids = checkInput(route.params, params);
  if (route.query === undefined) {
    if (!ids.ok) throw validationFailed(ids.errors);
    return { params: ids.value, query: undefined };
  }
  const given = queryOf(event.rawQueryString);
  const query = checkInput(route.query, given.query);
  const errors = [...(ids.ok ? [] : ids.errors), ...given.errors, ...(query.ok ? [] : query.errors)];
  if (!ids.ok || !query.ok || errors.length > 0) throw validationFailed(errors);
  return { params: ids.value, query: query.value };
}
