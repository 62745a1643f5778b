import { describe, expect, it } from 'vitest';
import { anApi } from '../../support/api-harness.ts';

const filter = (more: object) => ({ filter: more });

/** [what, body, path of the error, words of its message] */
const BODIES: readonly [string, unknown, string, RegExp][] = [
  ['a list', [], '', /a list is no object/],
  ['a text', '"x"', '', /"x" is no object/],
  ['no filter', {}, '/filter', /required/],
  ['a filter that is null', filter({ filter: null }).filter, '/filter', /null is no object/],
  ['a filter that is a list', { filter: [] }, '/filter', /a list is no object/],
  ['a filter that is a text', { filter: 'tag=a' }, '/filter', /"tag=a" is no object/],
  ['an empty filter', { filter: {} }, '/filter', /an empty filter means every task/],
  ['an empty filter of a dry run', { filter: {}, dry_run: true }, '/filter', /an empty filter/],
  ['an unknown field', { filter: { tag: 'a' }, force: true }, '/force', /unknown/],
  ['dry_run "true"', { filter: { tag: 'a' }, dry_run: 'true' }, '/dry_run', /"true" is no true or false/],
  ['dry_run null', { filter: { tag: 'a' }, dry_run: null }, '/dry_run', /null is no true or false/],
  ['dry_run 1', { filter: { tag: 'a' }, dry_run: 1 }, '/dry_run', /1 is no true or false/],
  ['an unknown part of the filter', filter({ tag: 'a', colour: 'red' }), '/filter/colour', /unknown/],
  ['a limit in the filter', filter({ tag: 'a', limit: '5' }), '/filter/limit', /unknown/],
  ['a cursor in the filter', filter({ tag: 'a', cursor: 'x' }), '/filter/cursor', /unknown/],
  ['an unknown status', filter({ status: 'done' }), '/filter/status', /"done" is not "waiting"/],
  ['several statuses', filter({ status: ['failed'] }), '/filter/status', /a list is not/],
  ['a status that is null', filter({ status: null }), '/filter/status', /null is not/],
  ['an empty type', filter({ type: '' }), '/filter/type', /0 characters; at least 1/],
  ['a type of 129 characters', filter({ type: 'x'.repeat(129) }), '/filter/type', /at most 128/],
  ['an agent id with a space', filter({ agent_id: 'a b' }), '/filter/agent_id', /an id has 1 to 128/],
  ['an agent id that is null', filter({ agent_id: null }), '/filter/agent_id', /null is no string/],
  ['an empty tag', filter({ tag: '' }), '/filter/tag', /at least 1/],
  ['several tags', filter({ tag: ['a', 'b'] }), '/filter/tag', /a list is no string/],
  ['an unknown lane', filter({ lane: 'fast' }), '/filter/lane', /"fast" is not "critical"/],
  ['created_after as a number', filter({ created_after: 1 }), '/filter/created_after', /UTC in ISO 8601/],
  [
    'created_before of a day that does not exist',
    filter({ created_before: '2026-02-30T00:00:00Z' }),
    '/filter/created_before',
    /of a day that exists/,
  ],
  [
    'scheduled_before without a zone',
    filter({ scheduled_before: '2026-02-28T10:00:00' }),
    '/filter/scheduled_before',
    /UTC in ISO 8601/,
  ],
];

describe.each(['/tasks/bulk/cancel', '/tasks/bulk/retry'])('POST %s', (path) => {
  it.each(BODIES)('fails for %s', async (_, body, at, message) => {
    const api = anApi();
    const { status, body: problem } = await api.post(path, body);
    expect([status, problem.code]).toEqual([422, 'validation_failed']);
    expect(problem.errors).toEqual([{ path: at, message: expect.stringMatching(message) }]);
    expect(api.tasks.rows.size).toBe(0);
  });

  it('fails naming all that is wrong', async () => {
    const body = { filter: { status: 'done', lane: 'fast', x: 1 }, dry_run: 'no', y: 2 };
    const { body: problem } = await anApi().post(path, body);
    const paths = problem.errors.map(({ path: at }: { path: string }) => at);
    expect(paths.sort()).toEqual(['/dry_run', '/filter/lane', '/filter/status', '/filter/x', '/y']);
  });

  it('fails for a body that is no JSON, is too large, nested too deep, or of another media type', async () => {
    const api = anApi();
    const nested = `${'['.repeat(65)}${']'.repeat(65)}`;
    for (const [body, headers, status] of [
      ['{', {}, 400],
      ['', {}, 400],
      [`{"filter":{"tag":"${'x'.repeat(1024 * 1024)}"}}`, {}, 413],
      [`{"filter":${nested}}`, {}, 422],
      ['filter=x', { 'content-type': 'application/x-www-form-urlencoded' }, 400],
      ['{"filter":{"tag":"x"}}', { 'content-type': 'text/plain' }, 415],
    ] as const)
      expect((await api.post(path, body, { headers })).status).toBe(status);
  });

  it('fails for an Idempotency-Key that is none, also of a dry run', async () => {
    for (const key of ['', 'x'.repeat(256), 'ä', 'a\tb'])
      for (const dry_run of [true, false]) {
        const headers = { 'idempotency-key': key };
        const { status, body } = await anApi().post(path, { filter: { tag: 'a' }, dry_run }, { headers });
        expect([status, body.errors[0].path]).toEqual([422, '/idempotency-key']);
      }
  });

  it('fails for a query', async () => {
    const { status, body } = await anApi().post(`${path}?dry_run=true`, { filter: { tag: 'a' } });
    expect([status, body.errors[0].path]).toEqual([422, '/dry_run']);
  });
});

describe('a submission', () => {
  it.each(['bulk_cancel', 'bulk_retry'])(
    'fails with the type %s, which is the platform’s own',
    async (type) => {
      const api = anApi();
      const task = { type, payload: { filter: { tag: 'a' } } };
      const { status, body } = await api.post('/tasks', task);
      const message = expect.stringMatching(/by the platform alone/);
      expect([status, body.errors]).toEqual([422, [{ path: '/type', message }]]);
      const batch = await api.post('/tasks/batch', { tasks: [{ type: 'echo', payload: 1 }, task] });
      expect([batch.status, batch.body.errors]).toEqual([422, [{ path: '/tasks/1/type', message }]]);
      expect(api.tasks.rows.size).toBe(0);
    },
  );
});

describe('a list', () => {
  it.each([
    ['a tag of 129 characters', `tag=${'x'.repeat(129)}`, '/tag'],
    ['two tags', 'tag=a&tag=b', '/tag'],
    ['an empty type', 'type=', '/type'],
    ['two states in one', 'status=failed,queued', '/status'],
    ['a lane and an unknown state', 'lane=low&status=dead', '/status'],
    ['scheduled_before that is a word', 'scheduled_before=now', '/scheduled_before'],
    ['scheduled_after', 'scheduled_after=2026-11-21T10:00:00Z', '/scheduled_after'],
    ['a filter in JSON', 'filter=%7B%7D', '/filter'],
    ['a time with an offset', 'created_after=2026-11-21T10:00:00%2B01:00', '/created_after'],
  ])('fails for %s', async (_, query, at) => {
    const { status, body } = await anApi().call(`/tasks?${query}`);
    expect([status, body.code]).toEqual([422, 'validation_failed']);
    expect(body.errors[0].path).toBe(at);
  });
});
