import * as z from 'zod';
import { TaskError } from '../../../../core/task-error.ts';
import { defineTask } from '../../../../functions/tasks/define-task.ts';

interface Rate {
  readonly currency: string;
  readonly rate: number;
}

/** Adds up the rates of a day, currency by currency. */
export const importRates = defineTask({
  type: 'import_rates',
  input: z.strictObject({
    day: z.iso.date(),
    rates: z.array(z.strictObject({ currency: z.string(), rate: z.number() })),
  }),
  version: 2,
  timeout_seconds: 20,
  retry: { max_attempts: 5, initial_delay_seconds: 2 },
  requirements: { memory_gb: 0.5 },
  run: ({ payload: { day, rates }, task, signal, log, progress, metric }) => {
    if (rates.length === 0) {
      throw new TaskError('no_rates', `there are no rates of ${day}`, { retryable: false });
    }
    const sums: Record<string, number> = {};
    for (const [index, { currency, rate }] of (rates satisfies Rate[]).entries()) {
      signal.throwIfAborted();
      sums[currency] = (sums[currency] ?? 0) + rate;
      progress((100 * index) / rates.length, currency);
    }
    metric('rates', rates.length);
    log.info('imported', { day, attempt: task.attempt });
    return { day, sums };
  },
});
