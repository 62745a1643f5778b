import { BASE_PATH } from '../../core/contract/routes.ts';
import type { ResultStore, TaskStore } from '../../core/ports.ts';
import type { ResultCache } from '../../core/result-cache.ts';
import type { Probe } from '../../core/usecases/check-health.ts';
import { clearCache } from '../../core/usecases/clear-cache.ts';
import { type CreateUploadDeps, createUpload } from '../../core/usecases/create-upload.ts';
import { type ListDeps, listTasks } from '../../core/usecases/list-tasks.ts';
import { readRow, showHistory } from '../../core/usecases/read-task.ts';
import { type SubmitDeps, submitBatch, submitTask } from '../../core/usecases/submit-tasks.ts';
import type { SwitchLaneDeps } from '../../core/usecases/switch-lane.ts';
import { createHttpHandler, type HttpDeps } from '../shared/http-api/create-http-handler.ts';
import { type AgentAnswersDeps, createAgentAnswers } from './agent-answers.ts';
import { createBulkAnswers } from './bulk-answers.ts';
import { type ChangeAnswersDeps, createChangeAnswers } from './change-answers.ts';
import { createDependencyAnswers } from './dependency-answers.ts';
import { createHealthAnswer } from './health-answer.ts';
import { createLaneAnswers } from './lane-answers.ts';
import { createLeaseAnswers, type LeaseAnswersDeps } from './lease-answers.ts';
import { agentListCallOf, taskListCallOf } from './list-call.ts';
import { submitCallOf } from './submit-call.ts';

export interface ApiDeps
  extends HttpDeps,
    Omit<SubmitDeps, 'onTrouble' | 'objects'>,
    Omit<ChangeAnswersDeps, 'onTrouble' | 'objects'>,
    Omit<CreateUploadDeps, 'objects'>,
    ListDeps,
    AgentAnswersDeps,
    Omit<LeaseAnswersDeps, 'onTrouble'> {
  readonly tasks: TaskStore;
  readonly results: ResultStore;
  readonly objects: SubmitDeps['objects'] & ChangeAnswersDeps['objects'] & CreateUploadDeps['objects'];
  readonly cache: ResultCache;
  /** How lanes are paused and resumed. */
  readonly laneOperations: Omit<SwitchLaneDeps, 'clock' | 'onTrouble'>;
  /** What /health asks. */
  readonly probes: readonly Probe[];
  /** The OpenAPI document, as JSON text. */
  readonly openApi: () => Promise<string>;
}

/** The api function: everything but what waits for tasks, and the page at /docs. */
export function createHandler(deps: ApiDeps) {
  const onTrouble: SubmitDeps['onTrouble'] = (message, fields) => deps.log.error(message, fields);
  const submitting: SubmitDeps = { ...deps, onTrouble };

  return createHttpHandler(deps, {
    submitTask: async (request) => {
      const { isNew, answer } = await submitTask(submitting, submitCallOf(request));
      const headers = { location: `${BASE_PATH}/tasks/${answer.task_id}` };
      return { status: isNew ? 202 : 200, headers, body: answer };
    },
    submitBatch: async (request) => {
      const { isNew, answer } = await submitBatch(submitting, submitCallOf(request));
      return { status: isNew ? 202 : 200, body: answer };
    },
    createUpload: async (request) => ({ status: 200, body: await createUpload(deps, request) }),
    listTasks: async (request) => {
      return { status: 200, body: await listTasks(deps, taskListCallOf(request)) };
    },
    listAgentTasks: async (request) => {
      return { status: 200, body: await listTasks(deps, agentListCallOf(request)) };
    },
    ...createChangeAnswers({ ...deps, onTrouble }),
    ...createBulkAnswers({ ...deps, onTrouble }),
    ...createDependencyAnswers({ ...deps, onTrouble }),
    ...createLaneAnswers({ ...deps.laneOperations, ...deps, onTrouble }),
    getHistory: async ({ params }) => {
      return { status: 200, body: showHistory(await readRow(deps, params.task_id)) };
    },
    ...createAgentAnswers(deps),
    ...createLeaseAnswers({ ...deps, onTrouble }),
    clearCache: async ({ query }) => {
      await clearCache({ ...deps, onTrouble }, query.type);
      return { status: 204 };
    },
    getHealth: createHealthAnswer({ ...deps, onTrouble }),
    getOpenApi: async () => {
      return { status: 200, headers: { 'cache-control': 'public, max-age=300' }, raw: await deps.openApi() };
    },
  });
}
