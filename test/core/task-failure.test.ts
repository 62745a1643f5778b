import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TaskError } from '../../core/task-error.ts';
import { failure, failureOf, MAX_ERROR_TEXT } from '../../core/task-failure.ts';

describe('a failure', () => {
  it('is what a TaskError says', () => {
    const error = new TaskError('http_status', 'answered 404', {
      retryable: false,
      details: { status: 404 },
    });
    expect(failureOf(error)).toEqual({
      code: 'http_status',
      message: 'answered 404',
      retryable: false,
      details: { status: 404 },
    });
  });

  it('is retryable and without details unless the TaskError says otherwise', () => {
    const error = new TaskError('timeout', 'too slow');
    expect(failureOf(error)).toEqual({ code: 'timeout', message: 'too slow', retryable: true });
    expect(error).toMatchObject({ name: 'TaskError', retryAfterSeconds: undefined });
    expect(error.cause).toBeUndefined();
  });

  it('keeps what caused a TaskError, and the delay it asks for', () => {
    const cause = new Error('below');
    const error = new TaskError('http_status', 'answered 503', { cause, retryAfterSeconds: 7 });
    expect(error).toMatchObject({ cause, retryAfterSeconds: 7 });
  });

  it('is a retryable handler_error for anything else that is thrown', () => {
    expect(failureOf(new TypeError('x is no function'))).toEqual({
      code: 'handler_error',
      message: 'TypeError: x is no function',
      retryable: true,
    });
    expect(failureOf('a text')).toMatchObject({ code: 'handler_error', message: 'a text' });
    expect(failureOf(undefined)).toMatchObject({ message: 'undefined' });
  });

  it('never exceeds what is stored of it, and always is JSON', () => {
    fc.assert(
      fc.property(
        fc.string({ size: 'xlarge' }),
        fc.dictionary(fc.string(), fc.anything()),
        (text, details) => {
          const told = failure(text, text, true, details);
          expect([...told.code].length).toBeLessThanOrEqual(128);
          expect([...told.message].length).toBeLessThanOrEqual(MAX_ERROR_TEXT);
          expect(JSON.stringify(told).length).toBeLessThan(20_000);
        },
      ),
    );
  });

  it('keeps as many characters as an agent may report, and none by half', () => {
    const text = `${'😀'.repeat(MAX_ERROR_TEXT - 1)}a`;
    expect(failure('code', text, true).message).toBe(text);
    expect(failure('😀'.repeat(129), `b${text}`, true)).toMatchObject({
      code: '😀'.repeat(128),
      message: `b${text.slice(0, -1)}`,
    });
  });

  it('leaves out details that are too large, or no JSON', () => {
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    expect(failure('code', 'text', true, { blob: 'x'.repeat(2049) })).not.toHaveProperty('details');
    expect(failure('code', 'text', true, circular)).not.toHaveProperty('details');
    expect(failure('code', 'text', true, { n: 1n })).not.toHaveProperty('details');
  });
});
