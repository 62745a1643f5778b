import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Pipeline, TaskDefinition } from '../functions/tasks/define-task.ts';
import { taskTypes } from '../functions/tasks/index.ts';
import type { TaskContext } from '../functions/tasks/task-context.ts';
import { chargeCard } from './functions/tasks/examples/charge-card.ts';
import { importRates } from './functions/tasks/examples/import-rates.ts';
import { taskContext } from './support/task-context.ts';

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const document = read('docs/handlers.md');

/** An example as it would stand in functions/tasks/, its test beside its mirror in test/. */
const example = (name: string) =>
  read(`test/functions/tasks/examples/${name}.ts`)
    .replaceAll("'../../../../functions/tasks/", "'./")
    .replaceAll("'../../../../core/", "'../../core/")
    .replaceAll("'../../../support/", "'../../support/")
    .replaceAll("'./daily-report.ts'", "'../../../functions/tasks/daily-report.ts'")
    .trimEnd();

describe('the page for those who write handlers', () => {
  it.each(['import-rates', 'daily-report', 'charge-card', 'daily-report.test'])(
    'shows the example %s as it is compiled and run',
    (name) => {
      expect(document).toContain(`\`\`\`ts\n${example(name)}\n\`\`\``);
    },
  );

  it('has every option and everything that a handler gets', () => {
    const options: Record<keyof TaskDefinition | keyof Pipeline, true> = {
      type: true,
      input: true,
      run: true,
      stages: true,
      onError: true,
      retry: true,
      timeout_seconds: true,
      requirements: true,
      version: true,
    };
    const context: Record<keyof TaskContext<unknown>, true> = {
      payload: true,
      task: true,
      signal: true,
      log: true,
      progress: true,
      metric: true,
      memory: true,
      checkpoint: true,
    };
    for (const name of Object.keys({ ...options, ...context })) {
      expect(document).toMatch(new RegExp(`^\\| \`${name}[\`(]`, 'm'));
    }
  });

  it('is what the README points to', () => {
    expect(read('README.md')).toContain('(docs/handlers.md)');
  });
});

describe('its examples', () => {
  it('do what the page says of them', async () => {
    const rates = [
      { currency: 'EUR', rate: 1 },
      { currency: 'EUR', rate: 2 },
    ];
    const counted: unknown[] = [];
    const context = taskContext(importRates, { day: '2026-11-21', rates });
    const metric = (...all: unknown[]) => void counted.push(all);
    expect(await importRates.run({ ...context, metric })).toEqual({ day: '2026-11-21', sums: { EUR: 3 } });
    expect(counted).toEqual([['rates', 2]]);
    const empty = taskContext(importRates, { day: '2026-11-21', rates: [] });
    expect(() => importRates.run(empty)).toThrow('no rates of 2026-11-21');
  });

  it.each([
    ['stolen', 1, 1, { action: 'fail' }],
    ['slow', 1, 1, { action: 'retry', delaySeconds: 60 }],
    ['good', 1001, 1, { action: 'compensate' }],
  ])('decide on %s for %d after %d failures: %j', async (card, amount, failures, decision) => {
    const context = taskContext(chargeCard, { card, amount });
    expect(decided(() => chargeCard.run(context), failures)).toEqual(decision);
  });

  it('leave other errors to the policy, and fall back from the last', () => {
    const fail = () => {
      throw new Error('no bank');
    };
    expect(decided(fail, 2)).toBeUndefined();
    expect(decided(fail, 3)).toEqual({ action: 'fall_back', value: { charged: 0, key: null } });
    const context = taskContext(chargeCard, { card: 'good', amount: 1 });
    expect(chargeCard.run(context)).toEqual({ charged: 1, key: 'task-1-charge' });
  });

  it('are no types of the deployment', () => {
    const types = taskTypes.map(({ type }) => type);
    expect(types).not.toContain(importRates.type);
  });
});

function decided(run: () => unknown, failures: number) {
  try {
    run();
  } catch (error) {
    return chargeCard.onError?.(error, {
      task: taskContext(chargeCard, { card: 'good', amount: 1 }).task,
      attempt: failures,
      failures,
      policy: {
        max_attempts: 3,
        initial_delay_seconds: 1,
        backoff_factor: 2,
        max_delay_seconds: 300,
        jitter: 'none',
      },
      failure: { code: 'handler_error', message: String(error), retryable: true },
    });
  }
  throw new Error('it did not fail');
}
