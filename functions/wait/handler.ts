import type { Clock } from '../../core/ports.ts';
import { type ReadDeps, showResult, showTask } from '../../core/usecases/read-task.ts';
import { type WaitDeps, waitForEnd } from '../../core/usecases/wait-for-end.ts';
import type { ApiRequest } from '../shared/http-api/api-request.ts';
import { createHttpHandler, type HttpDeps } from '../shared/http-api/create-http-handler.ts';

export interface WaitFunctionDeps extends HttpDeps, Omit<ReadDeps, 'onTrouble' | 'tasks'> {
  readonly tasks: WaitDeps['tasks'];
}

/** The wait function: a task and its result, which callers may wait for. */
export function createHandler(deps: WaitFunctionDeps) {
  const reading: ReadDeps = { ...deps, onTrouble: (message, fields) => deps.log.error(message, fields) };
  const rowOf = (request: ApiRequest<'getTask' | 'getResult'>) =>
    waitForEnd(deps, request.params.task_id, deadlineOf(deps.clock, request));

  return createHttpHandler(deps, {
    getTask: async (request) => ({ status: 200, body: await showTask(reading, await rowOf(request)) }),
    getResult: async (request) => ({ status: 200, body: await showResult(reading, await rowOf(request)) }),
  });
}

/** API Gateway gives up after 30 s. One second of them is for its clock being ahead of, or behind, this one. */
const GATEWAY_PATIENCE_MS = 29_000;

/** The waiting counts from when API Gateway received the request, not from when a process was free for it. */
function deadlineOf(clock: Clock, { query, receivedAtMs }: ApiRequest<'getTask' | 'getResult'>): number {
  const nowMs = clock.nowMs();
  const startMs = Math.min(Math.max(receivedAtMs, nowMs - GATEWAY_PATIENCE_MS), nowMs);
  return startMs + query.wait_seconds * 1000;
}
