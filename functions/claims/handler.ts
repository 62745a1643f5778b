import { answerClaim, type PresenceDeps } from '../../core/usecases/agent-calls.ts';
import type { ClaimTasksDeps } from '../../core/usecases/claim-tasks.ts';
import type { ReadDeps } from '../../core/usecases/read-task.ts';
import { createHttpHandler, type HttpDeps } from '../shared/http-api/create-http-handler.ts';

export interface ClaimsDeps extends HttpDeps, ClaimTasksDeps, PresenceDeps, Omit<ReadDeps, 'onTrouble'> {
  readonly tasks: ClaimTasksDeps['tasks'] & ReadDeps['tasks'];
  readonly results: ClaimTasksDeps['results'] & ReadDeps['results'];
}

/** The claims function: agents claim tasks here, and may wait for some. */
export function createHandler(deps: ClaimsDeps) {
  const claiming = {
    ...deps,
    onTrouble: (message: string, fields: Readonly<Record<string, unknown>>) =>
      deps.log.error(message, fields),
  };
  return createHttpHandler(deps, {
    claimTasks: async ({ tenant, isAdmin, params, body, receivedAtMs }) => {
      const call = { tenant, isAdmin, agentId: params.agent_id, body };
      return { status: 200, body: await answerClaim(claiming, call, receivedAtMs) };
    },
  });
}
