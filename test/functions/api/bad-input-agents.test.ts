import { describe, expect, it } from 'vitest';
import { anApi } from '../../support/api-harness.ts';

const deep = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const keys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, n]));
const ids = (count: number) => Array.from({ length: count }, (_, n) => `c${n}`);

const errorsOf = async (method: string, path: string, body?: unknown, headers = {}) => {
  const api = anApi();
  await api.call('/agents/agent-7', { method: 'PUT', body: {} });
  const answer = await api.call(path, { method, headers, ...(body === undefined ? {} : { body }) });
  expect(answer.headers['content-type']).toBe('application/problem+json');
  expect([api.agents.agents.size, api.memory.items.size]).toEqual([1, 0]);
  const { code, errors = [] } = answer.body;
  return { status: answer.status, code, errors: errors as readonly { path: string; message: string }[] };
};

/** [what, body, path of the error, words of its message] */
const REGISTRATIONS: readonly [string, unknown, string, RegExp][] = [
  ['a list', [], '', /a list is no object/],
  ['null', 'null', '', /null is no object/],
  ['an unknown field', { colour: 'red' }, '/colour', /unknown/],
  ['a field that only answers have', { available: true }, '/available', /unknown/],
  ['the id in the body', { agent_id: 'agent-8' }, '/agent_id', /unknown/],
  ['a name that is a number', { name: 7 }, '/name', /7 is no string/],
  ['a name that is null', { name: null }, '/name', /null is no string/],
  ['a name of 257 characters', { name: 'x'.repeat(257) }, '/name', /257 characters; at most 256/],
  ['a name with half a character', { name: '\ud83d' }, '/name', /surrogate/],
  ['a role of 257 characters', { role: 'x'.repeat(257) }, '/role', /257 characters; at most 256/],
  ['capabilities that are one', { capabilities: 'ocr' }, '/capabilities', /"ocr" is no list/],
  ['51 capabilities', { capabilities: ids(51) }, '/capabilities', /51 items; at most 50/],
  ['a capability with a space', { capabilities: ['a', 'b c'] }, '/capabilities/1', /1 to 128 characters/],
  ['an empty capability', { capabilities: [''] }, '/capabilities/0', /1 to 128 characters/],
  ['a config that is a list', { config: [] }, '/config', /a list is no object/],
  ['51 keys of config', { config: keys(51) }, '/config', /the config has 51 keys; at most 50/],
  ['17 KB of config', { config: { a: 'x'.repeat(17_000) } }, '/config', /17008 bytes .*at most 16384/],
  ['51 keys of metadata', { metadata: keys(51) }, '/metadata', /the metadata has 51 keys/],
  ['metadata nested too deep', `{"metadata":{"a":${deep(63)}}}`, '', /65 deep; at most 64/],
  ['__proto__', '{"config":{"__proto__":{"x":1}}}', '/config/__proto__', /not allowed/],
];

/** [what, body, path of the error, words of its message] */
const MEMORIES: readonly [string, unknown, string, RegExp][] = [
  ['no value', {}, '/value', /required/],
  ['an unknown field', { value: 1, ttl: 5 }, '/ttl', /unknown/],
  ['the value itself', 7, '', /7 is no object/],
  ['ttl_seconds 0', { value: 1, ttl_seconds: 0 }, '/ttl_seconds', /0 is out of range: at least 1/],
  ['ttl_seconds 1.5', { value: 1, ttl_seconds: 1.5 }, '/ttl_seconds', /no whole number/],
  ['ttl_seconds "5"', { value: 1, ttl_seconds: '5' }, '/ttl_seconds', /"5" is no number/],
  ['ttl_seconds null', { value: 1, ttl_seconds: null }, '/ttl_seconds', /null is no number/],
  ['a TTL above a year', { value: 1, ttl_seconds: 31_536_001 }, '/ttl_seconds', /at most 31536000/],
  [
    'a value above 256 KB',
    { value: 'x'.repeat(262_143) },
    '/value',
    /262145 bytes of JSON; at most 262144 are allowed/,
  ],
  ['a value nested too deep', `{"value":${deep(64)}}`, '', /65 deep; at most 64/],
  ['a number too large for a double', '{"value":1e400}', '/value', /too large/],
];

const MEMORY = '/agents/agent-7/memory';

describe('a bad registration', () => {
  it.each(REGISTRATIONS)('fails for %s', async (_, body, path, message) => {
    const { status, code, errors } = await errorsOf('PUT', '/agents/agent-8', body);
    expect([status, code]).toEqual([422, 'validation_failed']);
    expect(errors.find((error) => error.path === path)?.message).toMatch(message);
  });

  it('fails for the id of the shared memory', async () => {
    const { status, errors } = await errorsOf('PUT', '/agents/shared', { name: 'me' });
    expect(status).toBe(422);
    expect(errors).toEqual([{ path: '/agent_id', message: expect.stringContaining('memory of all') }]);
  });

  it.each(['a%20b', 'a'.repeat(129), 'a%23b', '%C3%A4'])('fails for the id %s', async (id) => {
    const { status, errors } = await errorsOf('PUT', `/agents/${id}`, {});
    expect([status, errors[0]?.path]).toEqual([422, '/agent_id']);
  });

  it('fails without JSON, with other than JSON, and above 1 MB', async () => {
    expect((await errorsOf('PUT', '/agents/agent-8')).code).toBe('invalid_json');
    expect((await errorsOf('PUT', '/agents/agent-8', '{"name":')).code).toBe('invalid_json');
    const text = await errorsOf('PUT', '/agents/agent-8', '{}', { 'content-type': 'text/plain' });
    expect(text.status).toBe(415);
    expect((await errorsOf('PUT', '/agents/agent-8', ' '.repeat(1_048_577))).status).toBe(413);
  });
});

describe('a bad entry of a memory', () => {
  it.each(MEMORIES)('fails for %s', async (_, body, path, message) => {
    const { status, code, errors } = await errorsOf('PUT', `${MEMORY}/k`, body);
    expect([status, code]).toEqual([422, 'validation_failed']);
    expect(errors.find((error) => error.path === path)?.message).toMatch(message);
  });

  it.each(['a%20b', 'a'.repeat(129), '%C3%A4', 'a%2Fb'])('fails for the key %s', async (key) => {
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const { status, errors } = await errorsOf(method, `${MEMORY}/${key}`, { value: 1 });
      expect([status, errors[0]?.path]).toEqual([422, '/key']);
    }
  });

  it.each([
    ['PUT', '"abc"'],
    ['PUT', 'W/"4"'],
    ['PUT', ''],
    ['DELETE', '-1'],
  ])('fails with 412 for %s with an If-Match that is no version: %s', async (method, value) => {
    const { status, code } = await errorsOf(method, `${MEMORY}/k`, { value: 1 }, { 'if-match': value });
    expect([status, code]).toEqual([412, 'version_mismatch']);
  });

  it('fails for an If-None-Match that is not *', async () => {
    const headers = { 'if-none-match': '"4"' };
    const { status, errors } = await errorsOf('PUT', `${MEMORY}/k`, { value: 1 }, headers);
    expect([status, errors[0]?.path]).toEqual([422, '/if-none-match']);
  });

  it('fails for both conditions at once', async () => {
    const headers = { 'if-match': '4', 'if-none-match': '*' };
    const { status, errors } = await errorsOf('PUT', `${MEMORY}/k`, { value: 1 }, headers);
    expect([status, errors[0]?.path]).toEqual([422, '/if-none-match']);
  });
});

describe('a bad query', () => {
  const QUERIES: readonly [string, string, RegExp][] = [
    [MEMORY, '/keys', /required/],
    [`${MEMORY}?keys=`, '/keys', /at least 1|is no key/],
    [`${MEMORY}?keys=a,,b`, '/keys', /"" is no key/],
    [`${MEMORY}?keys=a,b%20c`, '/keys', /"b c" is no key/],
    [`${MEMORY}?keys=${ids(101)}`, '/keys', /101 keys; at most 100/],
    [`${MEMORY}?keys=a&keys=b`, '/keys', /2 times/],
    [`${MEMORY}?keys=a&limit=5`, '/limit', /unknown/],
    ['/agents?limit=0', '/limit', /at least 1/],
    ['/agents?limit=201', '/limit', /at most 200/],
    ['/agents?limit=x', '/limit', /whole number/],
    ['/agents?cursor=nonsense', '/cursor', /not of this list/],
    ['/agents?available=true', '/available', /unknown/],
    ['/agents/agent-7?tasks=1', '/tasks', /unknown/],
  ];

  it.each(QUERIES)('fails for GET %s', async (path, pointer, message) => {
    const { status, code, errors } = await errorsOf('GET', path);
    expect([status, code]).toEqual([422, 'validation_failed']);
    expect(errors.find((error) => error.path === pointer)?.message).toMatch(message);
  });
});

describe('a method that a path of agents does not have', () => {
  it.each([
    ['POST', '/agents', 'GET'],
    ['DELETE', '/agents/agent-7', 'GET, PUT'],
    ['PUT', MEMORY, 'GET'],
    ['POST', `${MEMORY}/k`, 'GET, PUT, DELETE'],
  ])('fails with 405 and what is allowed: %s %s', async (method, path, allow) => {
    const { status, headers } = await anApi().call(path, { method });
    expect([status, headers.allow]).toEqual([405, allow]);
  });
});
