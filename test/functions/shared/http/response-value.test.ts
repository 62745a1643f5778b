import { describe, expect, test } from 'vitest';
import { responseText } from '../../../../functions/shared/http/response-text.ts';
import { responseValue } from '../../../../functions/shared/http/response-value.ts';

const response = (contentType: string | undefined, body: string | Uint8Array) => ({
  headers: contentType === undefined ? {} : { 'content-type': contentType },
  body: Buffer.from(body),
});

describe('the value of a body', () => {
  test.each(['application/json', 'Application/JSON; charset=utf-8', 'application/problem+json', 'text/json'])(
    'is parsed as %s',
    (contentType) => {
      expect(responseValue(response(contentType, '{"a":[1]}'))).toEqual({ a: [1] });
    },
  );

  test.each([undefined, 'text/plain', 'text/html', 'application/jsonl', 'image/svg+xml'])(
    'is its text as %s',
    (contentType) => {
      expect(responseValue(response(contentType, '{"a":[1]}'))).toBe('{"a":[1]}');
    },
  );

  test.each(['', '{"a":', 'not json'])('is its text when it only claims to be JSON: %j', (body) => {
    expect(responseValue(response('application/json', body))).toBe(body);
  });

  test('keeps a __proto__ as a key like any other', () => {
    const value = responseValue(response('application/json', '{"__proto__":{"admin":true}}')) as {
      admin?: true;
    };
    expect(value.admin).toBeUndefined();
    expect(Object.keys(value)).toEqual(['__proto__']);
  });

  test('may nest 64 levels', () => {
    expect(responseValue(response('application/json', '['.repeat(64) + ']'.repeat(64)))).toHaveLength(1);
  });

  test.each([
    ['brackets', '['.repeat(65) + ']'.repeat(65)],
    ['brackets behind a string', `["\\"]]", ${'{"a":'.repeat(64)}1${'}'.repeat(64)}]`],
    ['five million brackets', '['.repeat(5_000_000)],
  ])('fails when it nests deeper, as %s', (_, body) => {
    expect(() => responseValue(response('application/json', body))).toThrow(
      expect.objectContaining({ code: 'invalid_response', retryable: false }),
    );
  });

  test('counts no brackets inside strings', () => {
    const body = JSON.stringify('['.repeat(100));
    expect(responseValue(response('application/json', body))).toBe('['.repeat(100));
  });
});

describe('the text of a body', () => {
  test.each([
    [undefined, 'grüße'],
    ['text/plain', 'grüße'],
    ['text/plain; charset=utf-8', 'grüße'],
    ['text/plain; charset=no-such', 'grüße'],
  ])('is UTF-8 as %s', (contentType, expected) => {
    expect(responseText(response(contentType, 'grüße'))).toBe(expected);
  });

  test.each(['text/plain; charset=iso-8859-1', 'text/plain;charset="ISO-8859-1"; x=y'])(
    'is Latin-1 as %s',
    (contentType) => {
      expect(responseText(response(contentType, Buffer.from('grüße', 'latin1')))).toBe('grüße');
    },
  );

  test('leaves out a byte order mark', () => {
    expect(responseText(response(undefined, '\ufeff{}'))).toBe('{}');
  });
});
