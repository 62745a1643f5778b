import {
  answerHeartbeat,
  completeTask,
  failTask,
  type PresenceDeps,
} from '../../core/usecases/agent-calls.ts';
import type { LeaseDeps } from '../../core/usecases/agent-leases.ts';
import { type ReadDeps, showTask } from '../../core/usecases/read-task.ts';
import type { ReportDeps } from '../../core/usecases/report-for-agent.ts';
import type { Handlers } from '../shared/http-api/api-request.ts';

export type LeaseAnswersDeps = LeaseDeps & PresenceDeps & ReportDeps & ReadDeps;

/** What the routes of claimed tasks answer. */
export function createLeaseAnswers(
  deps: LeaseAnswersDeps,
): Handlers<'agentHeartbeat' | 'completeTask' | 'failTask'> {
  return {
    agentHeartbeat: async ({ tenant, isAdmin, params, body }) => {
      const call = { tenant, isAdmin, agentId: params.agent_id, body };
      return { status: 200, body: await answerHeartbeat(deps, call) };
    },
    completeTask: async ({ params, body }) => {
      return { status: 200, body: await showTask(deps, await completeTask(deps, params.task_id, body)) };
    },
    failTask: async ({ params, body }) => {
      return { status: 200, body: await showTask(deps, await failTask(deps, params.task_id, body)) };
    },
  };
}
