import type { ListCall } from '../../core/usecases/list-tasks.ts';
import type { ApiRequest } from '../shared/http-api/api-request.ts';

/** The list that a request to /tasks asks for. */
export function taskListCallOf({ tenant, query }: ApiRequest<'listTasks'>): ListCall {
  const { limit, cursor, created_after, created_before, scheduled_before, ...filter } = query;
  return {
    route: 'GET /tasks',
    tenant,
    filter,
    limit,
    ...(cursor === undefined ? {} : { cursor }),
    ...(created_after === undefined ? {} : { createdAfterMs: Date.parse(created_after) }),
    ...(created_before === undefined ? {} : { createdBeforeMs: Date.parse(created_before) }),
    ...(scheduled_before === undefined ? {} : { scheduledBeforeMs: Date.parse(scheduled_before) }),
  };
}

/** The list that a request to /agents/{agent_id}/tasks asks for. */
export function agentListCallOf({ tenant, params, query }: ApiRequest<'listAgentTasks'>): ListCall {
  const { limit, cursor, status } = query;
  return {
    route: 'GET /agents/{agent_id}/tasks',
    tenant,
    filter: { agent_id: params.agent_id, ...(status === undefined ? {} : { status }) },
    limit,
    ...(cursor === undefined ? {} : { cursor }),
  };
}
