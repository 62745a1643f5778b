import { describe, expect, it } from 'vitest';
import { anApi } from '../../support/api-harness.ts';

const echo = (more: object) => ({ type: 'echo', payload: 1, ...more });

const errorsOf = async (path: string, body: unknown) => {
  const api = anApi();
  const answer = await api.post(path, body);
  expect(answer.headers['content-type']).toBe('application/problem+json');
  expect([answer.status, answer.body.code, api.tasks.rows.size, api.sent]).toEqual([
    422,
    'validation_failed',
    0,
    [],
  ]);
  return answer.body.errors as readonly { path: string; message: string }[];
};

/** [what, the key, words of its message] */
const KEYS: readonly [string, unknown, RegExp][] = [
  ['that is empty', '', /1 to 128 printable characters/],
  ['of 129 characters', 'x'.repeat(129), /129 characters; at most 128/],
  ['that is a number', 7, /7 is no string/],
  ['that is a list', ['k'], /a list is no string/],
  ['that is true', true, /true is no string/],
  ['with a line break', 'a\nb', /printable/],
  ['with a tab', 'a\tb', /printable/],
  ['with a zero', 'a\u0000b', /printable/],
  ['with a mark that nobody sees', 'a\u200bb', /printable/],
  ['with half a character', 'a\ud83d', /surrogate/],
];

describe.each(['ordering_key', 'fairness_key'])('%s', (name) => {
  it.each(KEYS)('fails for one %s', async (_, key, words) => {
    const errors = await errorsOf('/tasks', echo({ [name]: key }));
    expect(errors.map(({ path }) => path)).toEqual(errors.map(() => `/${name}`));
    expect(errors.some(({ message }) => words.test(message))).toBe(true);
  });

  it('may be any 128 printable characters', async () => {
    for (const key of ['x'.repeat(128), ' ', 'Köln/42 – 東京', '\u{1f600}', "'; --"]) {
      const { status, body } = await anApi().post('/tasks', echo({ [name]: key }));
      expect([status, body[name]]).toEqual([202, key]);
    }
  });

  it('cannot be changed', async () => {
    const api = anApi();
    const { body } = await api.post('/tasks', echo({ [name]: 'k' }));
    const patched = await api.call(`/tasks/${body.task_id}`, { method: 'PATCH', body: { [name]: 'l' } });
    expect([patched.status, patched.body.errors[0].path]).toEqual([422, `/${name}`]);
  });
});

describe('an ordering_key', () => {
  const agent = { type: 'agent', payload: 1, agent_id: 'reader' };

  it('fails for a task that agents claim, naming its place', async () => {
    const [error] = await errorsOf('/tasks/batch', { tasks: [echo({}), { ...agent, ordering_key: 'k' }] });
    expect(error).toMatchObject({
      path: '/tasks/1/ordering_key',
      message: expect.stringMatching(/in no order/),
    });
    expect((await anApi().post('/tasks', { ...agent, ordering_key: null, fairness_key: 'f' })).status).toBe(
      202,
    );
  });

  it('fails with needs that the smallest pool does not meet: one order has one queue', async () => {
    const large = { timeout_seconds: 600, requirements: { memory_gb: 4 } };
    const errors = await errorsOf('/tasks', echo({ ordering_key: 'k', ...large }));
    expect(errors.map(({ path }) => path)).toEqual(['/requirements/memory_gb', '/timeout_seconds']);
    expect(errors[0]?.message).toMatch(/^4 is more than the pool of all tasks with an ordering_key gives/);
    expect((await anApi().post('/tasks', echo(large))).status).toBe(202);
  });

  it('fails for a task within another', async () => {
    const [error] = await errorsOf('/tasks', echo({ compensation: echo({ ordering_key: 'k' }) }));
    expect(error?.path).toBe('/compensation/ordering_key');
  });
});
