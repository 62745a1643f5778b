import * as z from 'zod';
import { defineTask } from '../../../../functions/tasks/define-task.ts';

const rowsSchema = z.array(z.object({ amount: z.number() }));

/** Reads rows, adds them up, and words the sum; without rows the sum is that of nothing. */
export const dailyReport = defineTask({
  type: 'daily_report',
  input: z.strictObject({ source: z.string() }),
  stages: [
    {
      name: 'read',
      run: ({ payload }) => z.parse(rowsSchema, JSON.parse(payload.source)),
      fallback: (error, { log }) => {
        log.warn('the source cannot be read', { error: String(error) });
        return [];
      },
    },
    {
      name: 'sum',
      run: ({ previous, metric }) => {
        const rows = z.parse(rowsSchema, previous);
        metric('rows', rows.length);
        return rows.reduce((sum, { amount }) => sum + amount, 0);
      },
    },
    {
      name: 'word',
      run: ({ previous, outputs }) => ({
        text: `the sum is ${previous}`,
        rows: z.parse(rowsSchema, outputs.read).length,
      }),
      fallback: { text: 'there is no sum today', rows: 0 },
    },
  ],
});
