import * as z from 'zod';
import { LANES } from '../lane.ts';
import { ROLES, type Role } from '../roles.ts';
import { idSchema } from './identifiers.ts';
import {
  agentListQuery,
  agentTaskListQuery,
  cacheQuery,
  memoryQuery,
  noQuery,
  redriveQuery,
  taskListQuery,
  waitQuery,
} from './query-schemas.ts';

/** A route of the API, below BASE_PATH. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** Who may call it; `public`: anybody, without a token. */
  readonly roles: readonly Role[] | 'public';
  readonly params: z.core.$ZodType;
  /** The query's parameters; undefined where any query is ignored. */
  readonly query: z.core.$ZodType | undefined;
  /** Whether it has a JSON body. */
  readonly body: boolean;
  /** Whether it may wait for something: such routes have functions of their own. */
  readonly waits: boolean;
}

export const BASE_PATH = '/api/v1';

const submitters: readonly Role[] = ['task_submitter', 'admin'];
const admins: readonly Role[] = ['admin'];
const noParams = z.strictObject({});
/** Any id: one that names no task is not found. */
const taskParams = z.strictObject({ task_id: idSchema });
const dependencyParams = z.strictObject({ task_id: idSchema, dependency_id: idSchema });
const laneParams = z.strictObject({ lane: z.enum(LANES) });
const agentParams = z.strictObject({ agent_id: idSchema });
const memoryParams = z.strictObject({ agent_id: idSchema, key: idSchema });
const executors: readonly Role[] = ['task_executor', 'admin'];

const post = { method: 'POST', body: false, waits: false, query: noQuery } as const;
const get = { method: 'GET', body: false, waits: false, params: noParams } as const;
const publicGet = { ...get, roles: 'public', query: undefined } as const;

/** All routes, by operation: what is served, checked, documented and deployed. */
export const ROUTES = {
  submitTask: {
    method: 'POST',
    path: '/tasks',
    roles: submitters,
    params: noParams,
    query: noQuery,
    body: true,
    waits: false,
  },
  submitBatch: {
    method: 'POST',
    path: '/tasks/batch',
    roles: submitters,
    params: noParams,
    query: noQuery,
    body: true,
    waits: false,
  },
  createUpload: {
    method: 'POST',
    path: '/uploads',
    roles: submitters,
    params: noParams,
    query: noQuery,
    body: true,
    waits: false,
  },
  listTasks: { ...get, path: '/tasks', roles: ROLES, query: taskListQuery },
  getTask: {
    ...get,
    path: '/tasks/{task_id}',
    roles: ROLES,
    params: taskParams,
    query: waitQuery,
    waits: true,
  },
  getResult: {
    ...get,
    path: '/tasks/{task_id}/result',
    roles: ROLES,
    params: taskParams,
    query: waitQuery,
    waits: true,
  },
  getHistory: {
    ...get,
    path: '/tasks/{task_id}/history',
    roles: ROLES,
    params: taskParams,
    query: noQuery,
  },
  patchTask: {
    ...post,
    method: 'PATCH',
    path: '/tasks/{task_id}',
    roles: submitters,
    params: taskParams,
    body: true,
  },
  cancelTask: { ...post, path: '/tasks/{task_id}/cancel', roles: submitters, params: taskParams },
  retryTask: { ...post, path: '/tasks/{task_id}/retry', roles: submitters, params: taskParams },
  restartTask: { ...post, path: '/tasks/{task_id}/restart', roles: admins, params: taskParams },
  bulkCancel: { ...post, path: '/tasks/bulk/cancel', roles: admins, params: noParams, body: true },
  bulkRetry: { ...post, path: '/tasks/bulk/retry', roles: admins, params: noParams, body: true },
  putDependency: {
    ...post,
    method: 'PUT',
    path: '/tasks/{task_id}/dependencies/{dependency_id}',
    roles: submitters,
    params: dependencyParams,
    body: true,
  },
  deleteDependency: {
    ...post,
    method: 'DELETE',
    path: '/tasks/{task_id}/dependencies/{dependency_id}',
    roles: submitters,
    params: dependencyParams,
  },
  listAgentTasks: {
    ...get,
    path: '/agents/{agent_id}/tasks',
    roles: ROLES,
    params: agentParams,
    query: agentTaskListQuery,
  },
  listAgents: { ...get, path: '/agents', roles: ROLES, query: agentListQuery },
  getAgent: { ...get, path: '/agents/{agent_id}', roles: ROLES, params: agentParams, query: noQuery },
  registerAgent: {
    method: 'PUT',
    path: '/agents/{agent_id}',
    roles: executors,
    params: agentParams,
    query: noQuery,
    body: true,
    waits: false,
  },
  claimTasks: {
    ...post,
    path: '/agents/{agent_id}/claims',
    roles: executors,
    params: agentParams,
    body: true,
    waits: true,
  },
  agentHeartbeat: {
    ...post,
    path: '/agents/{agent_id}/heartbeat',
    roles: executors,
    params: agentParams,
    body: true,
  },
  completeTask: {
    ...post,
    path: '/tasks/{task_id}/complete',
    roles: executors,
    params: taskParams,
    body: true,
  },
  failTask: { ...post, path: '/tasks/{task_id}/fail', roles: executors, params: taskParams, body: true },
  getMemories: {
    ...get,
    path: '/agents/{agent_id}/memory',
    roles: executors,
    params: agentParams,
    query: memoryQuery,
  },
  getMemory: {
    ...get,
    path: '/agents/{agent_id}/memory/{key}',
    roles: executors,
    params: memoryParams,
    query: noQuery,
  },
  putMemory: {
    method: 'PUT',
    path: '/agents/{agent_id}/memory/{key}',
    roles: executors,
    params: memoryParams,
    query: noQuery,
    body: true,
    waits: false,
  },
  deleteMemory: {
    method: 'DELETE',
    path: '/agents/{agent_id}/memory/{key}',
    roles: executors,
    params: memoryParams,
    query: noQuery,
    body: false,
    waits: false,
  },
  clearCache: {
    method: 'DELETE',
    path: '/cache',
    roles: admins,
    params: noParams,
    query: cacheQuery,
    body: false,
    waits: false,
  },
  pauseLane: { ...post, path: '/queues/{lane}/pause', roles: admins, params: laneParams },
  resumeLane: { ...post, path: '/queues/{lane}/resume', roles: admins, params: laneParams },
  redriveLane: {
    ...post,
    path: '/queues/{lane}/redrive',
    roles: admins,
    params: laneParams,
    query: redriveQuery,
  },
  getHealth: { ...publicGet, path: '/health' },
  getOpenApi: { ...publicGet, path: '/openapi.json' },
  getDocs: { ...publicGet, path: '/docs' },
  getDocsFile: { ...publicGet, path: '/docs/{file}', params: z.strictObject({ file: z.string() }) },
} as const satisfies Record<string, Route>;

export type Operation = keyof typeof ROUTES;
