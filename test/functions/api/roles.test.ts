import { describe, expect, it } from 'vitest';
import { ROLES, type Role } from '../../../core/roles.ts';
import { anApi } from '../../support/api-harness.ts';
import { newTaskId } from '../../support/builders.ts';

const echo = { type: 'echo', payload: 1 };
const id = newTaskId();
const EXECUTORS: readonly Role[] = ['task_executor', 'admin'];

/** [route, who may call it, its status when allowed]: the table of the contract, by hand. */
const ROUTES: readonly [string, string, unknown, readonly Role[] | 'anyone', number][] = [
  ['POST', '/tasks', echo, ['task_submitter', 'admin'], 202],
  ['POST', '/tasks/batch', { tasks: [echo] }, ['task_submitter', 'admin'], 202],
  ['GET', '/tasks', undefined, ROLES, 200],
  ['GET', `/tasks/${id}`, undefined, ROLES, 404],
  ['GET', `/tasks/${id}/result`, undefined, ROLES, 404],
  ['GET', `/tasks/${id}/history`, undefined, ROLES, 404],
  ['PATCH', `/tasks/${id}`, { priority: 1 }, ['task_submitter', 'admin'], 404],
  ['POST', `/tasks/${id}/cancel`, undefined, ['task_submitter', 'admin'], 404],
  ['POST', `/tasks/${id}/retry`, undefined, ['task_submitter', 'admin'], 404],
  ['POST', `/tasks/${id}/restart`, undefined, ['admin'], 404],
  ['POST', '/tasks/bulk/cancel', { filter: { tag: 'x' }, dry_run: true }, ['admin'], 200],
  ['POST', '/tasks/bulk/retry', { filter: { tag: 'x' } }, ['admin'], 202],
  ['POST', '/agents/agent-7/claims', {}, ['task_executor', 'admin'], 404],
  ['POST', '/agents/agent-7/heartbeat', { leases: [] }, ['task_executor', 'admin'], 404],
  ['POST', `/tasks/${id}/complete`, { lease_token: 't', output: 1 }, ['task_executor', 'admin'], 404],
  [
    'POST',
    `/tasks/${id}/fail`,
    { lease_token: 't', error: { code: 'c', message: 'm' } },
    ['task_executor', 'admin'],
    404,
  ],
  ['PUT', `/tasks/${id}/dependencies/${id}`, {}, ['task_submitter', 'admin'], 404],
  ['DELETE', `/tasks/${id}/dependencies/${id}`, undefined, ['task_submitter', 'admin'], 404],
  ['GET', '/agents/agent-7/tasks', undefined, ROLES, 200],
  ['GET', '/agents', undefined, ROLES, 200],
  ['GET', '/agents/agent-7', undefined, ROLES, 404],
  ['PUT', '/agents/agent-7', {}, EXECUTORS, 201],
  ['GET', '/agents/shared/memory?keys=k', undefined, EXECUTORS, 200],
  ['GET', '/agents/shared/memory/k', undefined, EXECUTORS, 404],
  ['PUT', '/agents/shared/memory/k', { value: 1 }, EXECUTORS, 201],
  ['DELETE', '/agents/shared/memory/k', undefined, EXECUTORS, 204],
  ['POST', '/queues/low/pause', undefined, ['admin'], 200],
  ['POST', '/queues/low/resume', undefined, ['admin'], 200],
  ['POST', '/queues/low/redrive', undefined, ['admin'], 200],
  ['GET', '/health', undefined, 'anyone', 200],
  ['GET', '/openapi.json', undefined, 'anyone', 200],
];

const callers: readonly (Role | null)[] = [...ROLES, null];

const CASES = ROUTES.flatMap(([method, path, body, allowed, ok]) =>
  callers.map((role) => {
    const isAllowed = allowed === 'anyone' || (role !== null && allowed.includes(role));
    const denied = role === null ? 401 : 403;
    return [role ?? 'nobody', method, path, isAllowed ? ok : denied, body, role] as const;
  }),
);

describe('each role on each route', () => {
  it.each(CASES)('%s: %s %s answers %i', async (_, method, path, status, body, role) => {
    const api = anApi();
    const answer = await api.call(path, { method, role, ...(body === undefined ? {} : { body }) });
    expect(answer.status).toBe(status);
    if (status === 401) expect(answer.body.code).toBe('unauthorized');
    if (status === 403) expect(answer.body.code).toBe('forbidden');
    if (status === 401 || status === 403) expect(api.tasks.rows.size).toBe(0);
  });
});

describe('a token', () => {
  const submit = async (claims: Readonly<Record<string, string>>) => {
    const api = anApi();
    const { status, body } = await api.post('/tasks', echo, { claims });
    return { status, code: body.code, tenant: api.tasks.rows.get(body.task_id)?.tenant };
  };

  it.each([
    ['its scopes', { client_id: 'c', scope: 'openid tasklane/submit' }],
    ['the scope of admins', { client_id: 'c', scope: 'tasklane/admin' }],
    ['a group, as API Gateway writes a list', { client_id: 'c', 'cognito:groups': '[staff task_submitter]' }],
    ['a group in JSON', { client_id: 'c', 'cognito:groups': '["staff","task_submitter"]' }],
    ['a group between commas', { client_id: 'c', 'cognito:groups': 'staff,admin' }],
  ])('gives a role by %s', async (_, claims) => {
    expect((await submit({ ...claims, token_use: 'access' })).status).toBe(202);
  });

  it.each([
    ['no scope', { client_id: 'c' }],
    ['a scope that only begins like one', { client_id: 'c', scope: 'tasklane/submitter' }],
    ["a role's name as its scope", { client_id: 'c', scope: 'admin' }],
    ['a scope as its group', { client_id: 'c', 'cognito:groups': '[tasklane/submit]' }],
    ['the wrong role', { client_id: 'c', scope: 'tasklane/execute' }],
    ['an id token', { client_id: 'c', scope: 'tasklane/submit', token_use: 'id' }],
    ['nobody it is for', { scope: 'tasklane/submit' }],
  ])('fails with 403 when it has %s', async (_, claims) => {
    expect(await submit(claims)).toMatchObject({ status: 403, code: 'forbidden' });
  });

  it('names the tenant: its client, else its subject', async () => {
    expect((await submit({ client_id: 'c', sub: 's', scope: 'tasklane/submit' })).tenant).toBe('c');
    expect((await submit({ sub: 's', scope: 'tasklane/submit' })).tenant).toBe('s');
  });

  it('is not asked for the tenant that others ask for: any reader sees all tasks', async () => {
    const api = anApi();
    const { body } = await api.post('/tasks', echo, { tenant: 'client-1' });
    const seen = await api.call(`/tasks/${body.task_id}`, { tenant: 'client-2', role: 'task_executor' });
    expect(seen.status).toBe(200);
  });
});
