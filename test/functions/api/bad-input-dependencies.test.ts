import { describe, expect, it } from 'vitest';
import { anApi } from '../../support/api-harness.ts';
import { aRow } from '../../support/builders.ts';

const id = 'task-00000000-0000-7000-8000-000000000000';
const echo = (more: object = {}) => ({ type: 'echo', payload: 1, ...more });
const on = (...dependencies: readonly unknown[]) => echo({ dependencies });

/** [what, dependencies, path below them, words of its message] */
const WRONG: readonly [string, unknown, string, RegExp][] = [
  ['no list', { task_id: id }, '', /is no list/],
  ['a list of text', [id], '/0', /is no object/],
  ['null', [null], '/0', /null is no object/],
  ['a number as task', [{ task_id: 7 }], '/0/task_id', /7 is no string/],
  ['an id with a space', [{ task_id: 'a b' }], '/0/task_id', /1 to 128 characters/],
  ['an empty id', [{ task_id: '' }], '/0/task_id', /1 to 128 characters/],
  ['an unknown condition', [{ task_id: id, condition: 'finish' }], '/0/condition', /"finish" is not/],
  ['the condition of fallback tasks', [{ task_id: id, condition: 'fallback' }], '/0/condition', /is not/],
  ['a condition that is null', [{ task_id: id, condition: null }], '/0/condition', /null is not/],
  ['an unknown field', [{ task_id: id, delay: 1 }], '/0/delay', /unknown/],
  ['one named twice', [{ task_id: id }, { task_id: id, condition: 'start' }], '/1/task_id', /named twice/],
  [
    '101 of them',
    Array.from({ length: 101 }, (_, n) => ({ task_id: `${id.slice(0, -3)}${String(n).padStart(3, '0')}` })),
    '',
    /101 items; at most 100/,
  ],
];

describe('dependencies of a submission fail with 422, naming the place', () => {
  it.each([
    ...WRONG,
    ['a ref', [{ task_id: id, ref: 'a' }], '/0/ref', /unknown/] as const,
    ['no task', [{ condition: 'start' }], '/0/task_id', /required/] as const,
  ])('%s', async (_, dependencies, path, message) => {
    const api = anApi();
    const { status, body } = await api.post('/tasks', echo({ dependencies }));
    expect([status, body.code]).toEqual([422, 'validation_failed']);
    expect(body.errors).toEqual([{ path: `/dependencies${path}`, message: expect.stringMatching(message) }]);
    expect([api.tasks.rows.size, api.edges.edges.size]).toEqual([0, 0]);
  });

  it.each([
    ...WRONG,
    ['both a task and a ref', [{ task_id: id, ref: 'a' }], '/0', /either a task_id or a ref/] as const,
    ['neither', [{ condition: 'start' }], '/0', /either a task_id or a ref/] as const,
    ['a ref that is no id', [{ ref: 'a b' }], '/0/ref', /1 to 128 characters/] as const,
    ['a ref named twice', [{ ref: 'a' }, { ref: 'a' }], '/1/ref', /a is named twice/] as const,
  ])('of a member of a batch: %s', async (_, dependencies, path, message) => {
    const api = anApi();
    const tasks = [echo({ ref: 'a' }), echo({ dependencies })];
    const { status, body } = await api.post('/tasks/batch', { tasks });
    expect([status, body.code]).toEqual([422, 'validation_failed']);
    expect(body.errors).toEqual([
      { path: `/tasks/1/dependencies${path}`, message: expect.stringMatching(message) },
    ]);
    expect(api.tasks.rows.size).toBe(0);
  });

  it.each([
    ['a number', 7],
    ['empty', ''],
    ['null', null],
    ['129 characters long', 'a'.repeat(129)],
  ])('a ref that is %s', async (_, ref) => {
    const { status, body } = await anApi().post('/tasks/batch', { tasks: [echo({ ref })] });
    expect([status, body.errors[0].path]).toEqual([422, '/tasks/0/ref']);
  });

  it('many at once, where each is', async () => {
    const { body } = await anApi().post('/tasks', on({ task_id: 7 }, { task_id: id, condition: 1 }));
    expect(body.errors.map(({ path }: { path: string }) => path)).toEqual([
      '/dependencies/0/task_id',
      '/dependencies/1/condition',
    ]);
  });

  it.each(['compensation', 'fallback'])('within a %s', async (field) => {
    const inner = on({ task_id: id });
    const value = field === 'fallback' ? { task: inner } : inner;
    const { status, body } = await anApi().post('/tasks', echo({ [field]: value }));
    expect([status, body.code]).toEqual([422, 'validation_failed']);
  });
});

describe('a dependency that is put or removed', () => {
  const path = `/tasks/${id}/dependencies/${id}`;

  it.each([
    ['no object', [], '', /is no object/],
    ['an unknown field', { delay: 1 }, '/delay', /unknown/],
    ['an unknown condition', { condition: 'finish' }, '/condition', /is not/],
    ['a condition that is null', { condition: null }, '/condition', /null is not/],
  ] as const)('fails with 422 for %s', async (_, body, where, message) => {
    const api = anApi();
    const answer = await api.call(path, { method: 'PUT', body });
    expect([answer.status, answer.body.code]).toEqual([422, 'validation_failed']);
    expect(answer.body.errors).toEqual([{ path: where, message: expect.stringMatching(message) }]);
  });

  it.each([
    ['PUT', '/tasks/no%20body/dependencies/x', '/task_id'],
    ['PUT', `/tasks/${id}/dependencies/a%20b`, '/dependency_id'],
    ['DELETE', `/tasks/${id}/dependencies/a%20b`, '/dependency_id'],
    ['DELETE', `${path}?force=1`, '/force'],
  ])('fails with 422 for an id or a query that is none: %s %s', async (method, of, where) => {
    const { status, body } = await anApi().call(of, { method, ...(method === 'PUT' ? { body: {} } : {}) });
    expect([status, body.errors[0].path]).toEqual([422, where]);
  });

  it('fails with 400 without JSON, and with 404 for a task that is not there', async () => {
    const api = anApi();
    expect((await api.call(path, { method: 'PUT', body: '{' })).status).toBe(400);
    expect((await api.call(path, { method: 'PUT', body: {} })).status).toBe(404);
    expect((await api.call(path, { method: 'DELETE' })).status).toBe(404);
  });

  it('fails with 409 for a task that does not wait', async () => {
    const api = anApi();
    const row = aRow();
    api.tasks.rows.set(row.task_id, row);
    const { status, body } = await api.call(`/tasks/${row.task_id}/dependencies/${id}`, {
      method: 'PUT',
      body: {},
    });
    expect([status, body.code]).toEqual([409, 'invalid_state_transition']);
  });
});
