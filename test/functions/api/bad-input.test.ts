import { describe, expect, it } from 'vitest';
import { anApiEvent } from '../../support/api-event.ts';
import { anApi } from '../../support/api-harness.ts';

const echo = (more: object = {}) => ({ type: 'echo', payload: 1, ...more });
const deep = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const metadata = (keys: number) => Object.fromEntries(Array.from({ length: keys }, (_, n) => [`k${n}`, n]));

/** [what, body, path of the error, words of its message] */
const SUBMISSIONS: readonly [string, unknown, string, RegExp][] = [
  ['no type', { payload: 1 }, '/type', /required/],
  ['an empty type', { type: '', payload: 1 }, '/type', /0 characters; at least 1/],
  ['a type that is a number', { type: 7, payload: 1 }, '/type', /7 is no string/],
  ['an unknown type', { type: 'nope', payload: 1 }, '/type', /"nope" is no task type/],
  ['the type agent for nobody', { type: 'agent', payload: 1 }, '', /needs agent_id or capability/],
  ['no payload', { type: 'echo' }, '/payload', /required/],
  ['an unknown field', echo({ colour: 'red' }), '/colour', /unknown/],
  ['a field that only answers have', echo({ status: 'queued' }), '/status', /unknown/],
  ['priority 0', echo({ priority: 0 }), '/priority', /0 is out of range: at least 1/],
  ['priority 11', echo({ priority: 11 }), '/priority', /11 is out of range: at most 10/],
  ['priority 1.5', echo({ priority: 1.5 }), '/priority', /1.5 is no whole number/],
  ['priority "1"', echo({ priority: '1' }), '/priority', /"1" is no number/],
  ['a priority of many words', echo({ priority: 'x'.repeat(61) }), '/priority', /^"x{60}…" is no number$/],
  ['priority null', echo({ priority: null }), '/priority', /null is no number/],
  ['a name that is a list', echo({ name: ['a'] }), '/name', /a list is no string/],
  ['a name of 257 characters', echo({ name: 'x'.repeat(257) }), '/name', /257 characters; at most 256/],
  ['a name with half a character', echo({ name: '\ud83d' }), '/name', /surrogate/],
  ['an agent id with a space', echo({ agent_id: 'a b' }), '/agent_id', /1 to 128 characters/],
  ['an agent id of 129 characters', echo({ agent_id: 'a'.repeat(129) }), '/agent_id', /1 to 128 characters/],
  ['an empty agent id', echo({ agent_id: '' }), '/agent_id', /1 to 128 characters/],
  ['timeout_seconds 0', echo({ timeout_seconds: 0 }), '/timeout_seconds', /at least 1/],
  ['timeout_seconds 901', echo({ timeout_seconds: 901 }), '/timeout_seconds', /901 .*at most 900 .*pool/],
  ['0 attempts', echo({ retry: { max_attempts: 0 } }), '/retry/max_attempts', /at least 1/],
  ['101 attempts', echo({ retry: { max_attempts: 101 } }), '/retry/max_attempts', /101 .*at most 100/],
  [
    'a negative delay',
    echo({ retry: { initial_delay_seconds: -1 } }),
    '/retry/initial_delay_seconds',
    /at least 0/,
  ],
  [
    'a delay above a day',
    echo({ retry: { max_delay_seconds: 86401 } }),
    '/retry/max_delay_seconds',
    /86401 .*at most 86400/,
  ],
  [
    'a delay that no clock knows',
    echo({ retry: { max_delay_seconds: 1e-300 } }),
    '/retry/max_delay_seconds',
    /0.001/,
  ],
  ['a factor of 0.5', echo({ retry: { backoff_factor: 0.5 } }), '/retry/backoff_factor', /at least 1/],
  ['a factor of 11', echo({ retry: { backoff_factor: 11 } }), '/retry/backoff_factor', /at most 10/],
  [
    'an unknown jitter',
    echo({ retry: { jitter: 'some' } }),
    '/retry/jitter',
    /"some" is not "full", "equal", "none"/,
  ],
  ['an unknown part of retry', echo({ retry: { attempts: 3 } }), '/retry/attempts', /unknown/],
  ['metadata that is a list', echo({ metadata: [] }), '/metadata', /a list is no object/],
  ['51 keys of metadata', echo({ metadata: metadata(51) }), '/metadata', /51 keys; at most 50/],
  [
    '17 KB of metadata',
    echo({ metadata: { a: 'x'.repeat(17_000) } }),
    '/metadata',
    /17008 bytes .*at most 16384/,
  ],
  ['51 tags', echo({ tags: Array.from({ length: 51 }, (_, n) => `t${n}`) }), '/tags', /51 items; at most 50/],
  ['a tag that is a number', echo({ tags: ['a', 1] }), '/tags/1', /1 is no string/],
  ['a tag of 129 characters', echo({ tags: ['x'.repeat(129)] }), '/tags/0', /129 characters; at most 128/],
  ['a payload that its type does not take', { type: 'http_request', payload: {} }, '/payload/url', /./],
  [
    'a field that the payload of its type does not know',
    { type: 'http_request', payload: { url: 'https://example.com', verb: 'GET' } },
    '/payload/verb',
    /unknown/,
  ],
  [
    'an expression that is none',
    { type: 'data_processing', payload: { data: 1, expression: '1 +' } },
    '/payload/expression',
    /./,
  ],
  ['a scheduled_at that is no time', echo({ scheduled_at: 'soon' }), '/scheduled_at', /UTC in ISO 8601/],
  [
    'a scheduled_at of a day that does not exist',
    echo({ scheduled_at: '2027-02-30T10:00:00.000Z' }),
    '/scheduled_at',
    /of a day that exists/,
  ],
  [
    'a scheduled_at more than a year ahead',
    echo({ scheduled_at: '2027-11-21T10:00:00.001Z' }),
    '/scheduled_at',
    /2027-11-21T10:00:00.001Z is more than a year ahead/,
  ],
  ['a deadline that is a number', echo({ deadline: 1 }), '/deadline', /UTC in ISO 8601/],
  [
    'a deadline that has come',
    echo({ deadline: '2026-11-21T10:00:00.000Z' }),
    '/deadline',
    /has passed.*in the future/,
  ],
  [
    'a deadline before scheduled_at',
    echo({ scheduled_at: '2026-11-22T10:00:00.000Z', deadline: '2026-11-22T10:00:00.000Z' }),
    '/deadline',
    /is not after scheduled_at, 2026-11-22T10:00:00.000Z/,
  ],
  ['a capability of another type', echo({ capability: 'ocr' }), '/capability', /only tasks of type "agent"/],
  [
    'a capability that is no id',
    { type: 'agent', payload: 1, capability: 'a b' },
    '/capability',
    /an id has 1 to 128 characters/,
  ],
  ['a compensation that is text', echo({ compensation: 'x' }), '/compensation', /"x" is no object/],
  ['a compensation without a type', echo({ compensation: { payload: 1 } }), '/compensation/type', /required/],
  [
    'a compensation of an unknown type',
    echo({ compensation: { type: 'nope', payload: 1 } }),
    '/compensation/type',
    /"nope" is no task type/,
  ],
  [
    'a compensation whose payload its type does not take',
    echo({ compensation: { type: 'http_request', payload: { url: 'x' } } }),
    '/compensation/payload/url',
    /not absolute/,
  ],
  [
    'a compensation with one of its own',
    echo({ compensation: echo({ compensation: echo() }) }),
    '/compensation/compensation',
    /has none of its own/,
  ],
  [
    'a compensation above 64 KB',
    echo({ compensation: echo({ payload: 'x'.repeat(65_600) }) }),
    '/compensation',
    /at most 65536/,
  ],
  ['a fallback that is a list', echo({ fallback: [] }), '/fallback', /a list is no object/],
  ['an empty fallback', echo({ fallback: {} }), '/fallback', /exactly one of the two/],
  ['a fallback with both', echo({ fallback: { value: 1, task: echo() } }), '/fallback', /exactly one/],
  [
    'a fallback task of an unknown type',
    echo({ fallback: { task: { type: 'nope', payload: 1 } } }),
    '/fallback/task/type',
    /"nope" is no task type/,
  ],
  [
    'a fallback value above 64 KB',
    echo({ fallback: { value: 'x'.repeat(65_600) } }),
    '/fallback',
    /at most 65536/,
  ],
  ['a callback_url that is a path', echo({ callback_url: '/x' }), '/callback_url', /not absolute/],
  [
    'a callback_url of mailto',
    echo({ callback_url: 'mailto:a@b.c' }),
    '/callback_url',
    /only http and https/,
  ],
  [
    'a callback_url with credentials',
    echo({ callback_url: 'https://a:b@example.com' }),
    '/callback_url',
    /holds credentials/,
  ],
  ['a key to remember with a space', echo({ remember: 'a b' }), '/remember', /1 to 128 characters/],
  ['remember true', echo({ remember: true }), '/remember', /true is no string/],
  ['a ref outside a batch', echo({ ref: 'a' }), '/ref', /within a batch/],
  ['an unknown requirement', echo({ requirements: { luck: 1 } }), '/requirements/luck', /unknown/],
  ['a list', [echo()], '', /a list is no object/],
  ['null', 'null', '', /null is no object/],
  ['a number too large for a double', '{"type":"echo","payload":[1e400]}', '/payload/0', /too large/],
  ['__proto__', '{"type":"echo","payload":1,"__proto__":{"x":1}}', '/__proto__', /not allowed/],
  [
    '__proto__ in a payload',
    '{"type":"echo","payload":{"a":[{"__proto__":1}]}}',
    '/payload/a/0/__proto__',
    /not allowed/,
  ],
  [
    '__proto__ written as an escape',
    '{"type":"echo","payload":{"\\u005f_proto__":1}}',
    '/payload/__proto__',
    /not allowed/,
  ],
  [
    'constructor with a prototype',
    '{"type":"echo","payload":{"constructor":{"prototype":{}}}}',
    '/payload/constructor',
    /not allowed/,
  ],
  ['JSON nested 65 deep', `{"type":"echo","payload":${deep(64)}}`, '', /65 deep; at most 64/],
  ['JSON nested 3,000 deep', `{"type":"echo","payload":${deep(3000)}}`, '', /3001 deep; at most 64/],
  ['JSON nested 100,000 deep', `{"type":"echo","payload":${deep(100_000)}}`, '', /100001 deep/],
];

describe('a submission fails with 422, naming the place', () => {
  it.each(SUBMISSIONS)('fails for %s', async (_, body, path, message) => {
    const api = anApi();
    const answer = await api.post('/tasks', body);
    expect(answer.status).toBe(422);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.body).toMatchObject({
      type: 'urn:tasklane:problem:validation_failed',
      status: 422,
      code: 'validation_failed',
      request_id: answer.headers['x-request-id'],
    });
    expect(answer.body.errors).toEqual([{ path, message: expect.stringMatching(message) }]);
    expect([api.tasks.rows.size, api.results.payloads.size, api.index.announced.size]).toEqual([0, 0, 0]);
  });

  it('fails with all that is wrong at once', async () => {
    const { body } = await anApi().post('/tasks', {
      type: 'nope',
      priority: 11,
      colour: 1,
      retry: { jitter: 1 },
    });
    expect(body.errors.map(({ path }: { path: string }) => path).sort()).toEqual(
      ['/colour', '/payload', '/priority', '/retry/jitter', '/type'].sort(),
    );
  });

  it('fails for a body full of errors with the first thousand of them', async () => {
    const names = Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`u${n}`, 1]));
    const { status, body } = await anApi().post('/tasks', echo(names));
    expect(status).toBe(422);
    expect(body.errors).toHaveLength(1000);
    expect(body.detail).toContain('5000 errors');
  });
});

describe('a body that cannot be read', () => {
  it.each([
    ['no JSON', '{"type":', 400, 'invalid_json'],
    ['NaN', '{"type":"echo","payload":NaN}', 400, 'invalid_json'],
    ['nothing', '', 400, 'invalid_json'],
    ['2 MB', JSON.stringify(echo({ payload: 'x'.repeat(2 * 1024 * 1024) })), 413, 'payload_too_large'],
  ])('fails for %s', async (_, body, status, code) => {
    const answer = await anApi().post('/tasks', body);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('fails for a large one with the limit and the value', async () => {
    const { body } = await anApi().post('/tasks', ' '.repeat(1024 * 1024 + 1));
    expect(body).toMatchObject({ limit: 1_048_576, value: 1_048_577 });
  });

  it('fails for bytes that are no UTF-8', async () => {
    const event = anApiEvent({
      path: '/tasks',
      method: 'POST',
      body: Buffer.from([0xff, 0xfe]).toString('base64'),
    });
    const { status, body } = await anApi().handle({ ...event, isBase64Encoded: true });
    expect([status, body.code]).toEqual([400, 'invalid_json']);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp'])(
    'fails with 415 for %s',
    async (type) => {
      const { status, body } = await anApi().post('/tasks', echo(), { headers: { 'content-type': type } });
      expect([status, body.code]).toEqual([415, 'unsupported_media_type']);
    },
  );

  it('fails with 400 for what is no JSON, whatever it is called', async () => {
    for (const type of ['text/plain;charset=UTF-8', 'application/x-www-form-urlencoded', 'application/xml']) {
      const { status, body } = await anApi().post('/tasks', 'type=echo', {
        headers: { 'content-type': type },
      });
      expect([status, body.code]).toEqual([400, 'invalid_json']);
    }
  });

  it('fails for any query', async () => {
    const { status, body } = await anApi().post('/tasks?dry_run=1', echo());
    expect([status, body.errors[0].path]).toEqual([422, '/dry_run']);
  });
});

describe('a batch', () => {
  const members = (count: number) => Array.from({ length: count }, (_, n) => echo({ payload: n }));

  it.each([
    ['no tasks', { tasks: [] }, '/tasks', /0 items; at least 1/],
    ['501 tasks', { tasks: members(501) }, '/tasks', /501 items; at most 500/],
    ['no list', { tasks: echo() }, '/tasks', /an object is no list/],
    ['nothing', {}, '/tasks', /required/],
    ['an unknown field', { tasks: members(1), dry_run: true }, '/dry_run', /unknown/],
    ['a member that is no object', { tasks: [1] }, '/tasks/0', /1 is no object/],
  ])('fails for %s', async (_, body, path, message) => {
    const answer = await anApi().post('/tasks/batch', body);
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toEqual([{ path, message: expect.stringMatching(message) }]);
  });

  it('fails as a whole for one bad member in 500: nothing is stored', async () => {
    const api = anApi();
    const tasks = members(500);
    tasks[321] = echo({ priority: 11 });
    const { status, body } = await api.post('/tasks/batch', { tasks });
    expect(status).toBe(422);
    expect(body.errors).toEqual([{ path: '/tasks/321/priority', message: expect.any(String) }]);
    expect([api.tasks.rows.size, api.results.payloads.size]).toEqual([0, 0]);
  });

  it('fails naming every bad member', async () => {
    const tasks = [
      echo({ priority: 0 }),
      echo(),
      { type: 'nope', payload: 1 },
      echo({ ref: 'a b', dependencies: [1] }),
    ];
    const { body } = await anApi().post('/tasks/batch', { tasks });
    expect(body.errors.map(({ path }: { path: string }) => path)).toEqual([
      '/tasks/0/priority',
      '/tasks/2/type',
      '/tasks/3/dependencies/0',
      '/tasks/3/ref',
    ]);
  });
});

describe('a path or a query', () => {
  const id = 'task-00000000-0000-7000-8000-000000000000';

  it.each([
    ['a task id with a space', '/tasks/task%201', '/task_id'],
    ['a task id of 129 characters', `/tasks/${'a'.repeat(129)}/history`, '/task_id'],
    ['wait_seconds 26', `/tasks/${id}?wait_seconds=26`, '/wait_seconds'],
    ['wait_seconds -1', `/tasks/${id}?wait_seconds=-1`, '/wait_seconds'],
    ['wait_seconds 1.5', `/tasks/${id}/result?wait_seconds=1.5`, '/wait_seconds'],
    ['an unknown parameter of a task', `/tasks/${id}?verbose=1`, '/verbose'],
    ['a parameter of a history', `/tasks/${id}/history?limit=1`, '/limit'],
    ['limit 0', '/tasks?limit=0', '/limit'],
    ['limit 201', '/tasks?limit=201', '/limit'],
    ['limit that is no number', '/tasks?limit=ten', '/limit'],
    ['limit 1e1', '/tasks?limit=1e1', '/limit'],
    ['a parameter given twice', '/tasks?limit=1&limit=2', '/limit'],
    ['an unknown parameter', '/tasks?colour=red', '/colour'],
    ['__proto__', '/tasks?__proto__=1', '/__proto__'],
    ['an unknown status', '/tasks?status=done', '/status'],
    ['an empty status', '/tasks?status=', '/status'],
    ['an unknown lane', '/tasks?lane=fast', '/lane'],
    ['an agent id with a space', '/tasks?agent_id=a%20b', '/agent_id'],
    ['an empty tag', '/tasks?tag=', '/tag'],
    ['a day that does not exist', '/tasks?created_after=2026-02-30T00:00:00.000Z', '/created_after'],
    ['an hour that does not exist', '/tasks?created_before=2026-02-28T24:01:00Z', '/created_before'],
    ['a time without its zone', '/tasks?scheduled_before=2026-02-28T10:00:00', '/scheduled_before'],
    ['a date without its time', '/tasks?created_after=2026-02-28', '/created_after'],
    ['a cursor that is none', '/tasks?cursor=abc', '/cursor'],
    [
      'a cursor where nothing can be listed',
      '/tasks?cursor=abc&scheduled_before=2026-02-28T10:00:00Z',
      '/cursor',
    ],
    ['an agent id that is none', '/agents/a%20b/tasks', '/agent_id'],
    ['a filter that an agent does not have', '/agents/a/tasks?lane=low', '/lane'],
  ])('fails for %s', async (_, path, at) => {
    const { status, body } = await anApi().call(path);
    expect([status, body.code]).toEqual([422, 'validation_failed']);
    expect(body.errors).toEqual([{ path: at, message: expect.any(String) }]);
  });

  it.each(['/tasks', '/tasks/batch'])(
    'fails for an Idempotency-Key of POST %s that is none',
    async (path) => {
      for (const key of ['', 'x'.repeat(256), 'ä', 'a\tb']) {
        const { status, body } = await anApi().post(
          path,
          { tasks: [echo()] },
          { headers: { 'idempotency-key': key } },
        );
        expect([status, body.errors[0].path]).toEqual([422, '/idempotency-key']);
      }
    },
  );

  it.each([`/tasks/${id}`, `/tasks/${id}/result`, `/tasks/${id}/history`, '/tasks/task-1', '/tasks/bulk'])(
    'fails for an unknown task: %s',
    async (path) => {
      const { status, body } = await anApi().call(path);
      expect([status, body.code]).toEqual([404, 'task_not_found']);
    },
  );
});
