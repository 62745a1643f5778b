import { describe, expect, it } from 'vitest';
import { DEFAULT_RETRY } from '../../../core/retry.ts';
import { failure } from '../../../core/task-failure.ts';
import { decideOnError } from '../../../functions/executor/decide-on-error.ts';
import { echo } from '../../../functions/tasks/echo.ts';
import { taskContext } from '../../support/task-context.ts';

const { task } = taskContext(echo, 1);
const original = failure('quota', 'full', true);
const context = { task, attempt: 4, failures: 2, policy: DEFAULT_RETRY, failure: original };
const thrown = new Error('full');

describe('a failed attempt', () => {
  it('is left to the policy by a type that has nothing to say', async () => {
    expect(await decideOnError({}, thrown, context)).toEqual({ failure: original });
    expect(await decideOnError({ onError: () => undefined }, thrown, context)).toEqual({ failure: original });
  });

  it('is shown to onError with all that is known of it', async () => {
    const seen: unknown[] = [];
    const onError = (...all: unknown[]) => void seen.push(...all);
    await decideOnError({ onError }, thrown, context);
    expect(seen).toEqual([thrown, context]);
  });

  it.each([
    [async () => ({ action: 'retry', delaySeconds: 9 }) as const, { action: 'retry', delay_seconds: 9 }],
    [() => ({ action: 'fail' }) as const, { action: 'fail' }],
    [() => ({ action: 'compensate' }) as const, { action: 'compensate' }],
  ])('becomes what onError decides: %#', async (onError, decision) => {
    expect(await decideOnError({ onError }, thrown, context)).toEqual({ failure: original, decision });
  });

  it('has an output where its task falls back to one', async () => {
    const onError = () => ({ action: 'fall_back', value: { rows: [] } }) as const;
    expect(await decideOnError({ onError }, thrown, context)).toEqual({
      failure: original,
      decision: { action: 'fall_back', result_attempt: 4 },
      output: '{"rows":[]}',
    });
  });
});

describe('an onError that fails', () => {
  const told = async (onError: () => never, patienceMs?: number) =>
    await decideOnError({ onError }, thrown, context, patienceMs);
  const failed = (code: string, message: unknown) => ({
    failure: { ...original, details: { on_error: { code, message } } },
    decision: { action: 'fail' },
  });

  it('fails the task when it throws; both errors are kept', async () => {
    const onError = () => {
      throw new RangeError('oh');
    };
    expect(await told(onError)).toEqual(failed('handler_error', 'RangeError: oh'));
  });

  it('fails the task when it decides nothing that is known', async () => {
    const onError = () => ({ action: 'shrug' }) as never;
    expect(await told(onError)).toEqual(failed('handler_error', expect.stringContaining('no decision')));
  });

  it('fails the task when what it falls back to cannot be stored', async () => {
    const onError = () => ({ action: 'fall_back', value: 1n }) as never;
    expect(await told(onError)).toEqual(failed('invalid_output', expect.stringContaining('no JSON')));
  });

  it('fails the task when it takes too long', async () => {
    const onError = () => new Promise(() => undefined) as never;
    expect(await told(onError, 5)).toEqual(
      failed('handler_error', 'Error: onError took longer than 0.005 s'),
    );
  });
});
