import { describe, expect, test } from 'vitest';
import { httpUrl } from '../../../../core/contract/http-url.ts';
import { requestHeaders } from '../../../../functions/shared/http/request-headers.ts';

describe('a URL', () => {
  test.each([
    'http://example.com',
    'https://example.com:8443/a?b=c#d',
    'https://[2600::1]/',
    'HTTPS://EXAMPLE.COM',
  ])('may be %s', (url) => {
    expect(httpUrl.parse(url)).toBe(url);
  });

  test.each([
    ['/path', 'is not absolute and well-formed'],
    ['example.com', 'is not absolute and well-formed'],
    ['http://', 'is not absolute and well-formed'],
    ['http://[::1', 'is not absolute and well-formed'],
    ['ftp://example.com', 'has the scheme ftp; only http and https are called'],
    ['javascript:alert(1)', 'has the scheme javascript'],
    ['file:///etc/passwd', 'has the scheme file'],
    ['https://user@example.com', 'holds credentials'],
    ['https://:pass@example.com', 'holds credentials'],
    [`https://example.com/${'a'.repeat(8192)}`, 'has 8212 characters; the limit is 8192'],
  ])('fails as %s', (url, problem) => {
    const { error } = httpUrl.safeParse(url);
    expect(error?.issues[0]?.message).toContain(problem);
  });
});

describe('request headers', () => {
  test('may have any other name', () => {
    const headers = {
      Accept: 'text/plain',
      'x-1_a.b': 'tab\tand ümlaut',
      Authorization: 'Bearer x',
      cookie: '',
    };
    expect(requestHeaders.parse(headers)).toEqual(headers);
  });

  test.each([
    'Host',
    'connection',
    'Keep-Alive',
    'Transfer-Encoding',
    'Content-Length',
    'te',
    'trailer',
    'Upgrade',
    'expect',
    'Proxy-Connection',
  ])('fails on %s, which the client sets itself', (name) => {
    expect(requestHeaders.safeParse({ [name]: 'x' }).error?.issues).toEqual([
      expect.objectContaining({
        path: [name],
        message: `the header ${JSON.stringify(name)} is set by the client itself; leave it out`,
      }),
    ]);
  });

  test.each(['', 'a b', 'a:b', 'a\r\nb', 'grün', 'a\u0000'])('fails on the name %j', (name) => {
    expect(requestHeaders.safeParse({ [name]: 'x' }).error?.issues[0]?.message).toContain(
      'no header may have',
    );
  });

  test.each(['a\r\nx-injected: 1', 'a\nb', 'a\rb', 'a\u0000b', 'snow ☃'])(
    'fails on the value %j',
    (value) => {
      expect(requestHeaders.safeParse({ 'x-a': value }).error?.issues).toEqual([
        expect.objectContaining({ path: ['x-a'], message: expect.stringContaining('line break') }),
      ]);
    },
  );

  test('fails on a name given twice in different cases', () => {
    expect(requestHeaders.safeParse({ Accept: 'a', accept: 'b' }).error?.issues[0]?.message).toContain(
      'given twice',
    );
  });

  test('fails on a value that is no string', () => {
    expect(requestHeaders.safeParse({ 'x-a': 1 }).error?.issues).toEqual([
      expect.objectContaining({ path: ['x-a'], message: 'Invalid input: expected string, received number' }),
    ]);
  });
});
