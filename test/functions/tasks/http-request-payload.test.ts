import { describe, expect, test } from 'vitest';
import { httpRequest } from '../../../functions/tasks/http-request.ts';
import { payloadProblems } from '../../support/task-context.ts';

const url = 'https://api.example.com/';

describe('the payload of http_request', () => {
  test('needs only a url; the method is GET then', () => {
    expect(httpRequest.input.parse({ url })).toEqual({ url, method: 'GET' });
  });

  test('may have all its parts', () => {
    const payload = {
      url,
      method: 'PUT',
      headers: { accept: 'text/plain' },
      body: { a: null },
      expect: { status: [200, 404], expression: 'status = 200' },
    };
    expect(httpRequest.input.parse(payload)).toEqual(payload);
  });

  test.each([
    ['no object', 'x', '', 'Invalid input: expected object, received string'],
    ['no url', {}, '/url', 'Invalid input: expected string, received undefined'],
    [
      'another scheme',
      { url: 'ftp://x' },
      '/url',
      'the URL has the scheme ftp; only http and https are called',
    ],
    [
      'credentials in the url',
      { url: 'https://a:b@x' },
      '/url',
      'the URL holds credentials (user:password@); send them in an authorization header',
    ],
    ['an unknown field', { url, timeout: 1 }, '', 'Unrecognized key: "timeout"'],
    [
      'an unknown method',
      { url, method: 'TRACE' },
      '/method',
      'Invalid option: expected one of "GET"|"HEAD"|',
    ],
    ['a method in lower case', { url, method: 'get' }, '/method', 'Invalid option'],
    [
      'a header of the connection',
      { url, headers: { Host: 'x' } },
      '/headers/Host',
      'the header "Host" is set by the client itself; leave it out',
    ],
    [
      'an injected header',
      { url, headers: { a: 'b\r\nc: d' } },
      '/headers/a',
      'has a value with a line break',
    ],
    [
      'a status out of range',
      { url, expect: { status: [200, 99] } },
      '/expect/status/1',
      'Too small: expected number to be >=100',
    ],
    ['no status', { url, expect: { status: [] } }, '/expect/status', 'Too small'],
    ['an unknown expectation', { url, expect: { body: 1 } }, '/expect', 'Unrecognized key: "body"'],
    [
      'an expression that is not JSONata',
      { url, expect: { expression: 'status =' } },
      '/expect/expression',
      'the expression is not JSONata at position 8: Unexpected end of expression',
    ],
  ])('fails with %s', (_, payload, path, message) => {
    expect(payloadProblems(httpRequest, payload)).toEqual([[path, expect.stringContaining(message)]]);
  });
});
