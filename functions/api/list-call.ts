import { taskFilterOf } from '../../core/task-filter.ts';
import type { ListCall } from '../../core/usecases/list-tasks.ts';
import type { ApiRequest } from '../shared/http-api/api-request.ts';

/** The list that a request to /tasks asks for. */
export function taskListCallOf({ tenant, query }: ApiRequest<'listTasks'>): ListCall {
  const { limit, cursor, ...filter } = query;
  return {
    route: 'GET /tasks',
    tenant,
    filter: taskFilterOf(filter),
    limit,
    ...(cursor === undefined ? {} : { cursor }),
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
