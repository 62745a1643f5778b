import { expect, test } from 'vitest';
import { taskContext } from '../../../support/task-context.ts';
import { dailyReport } from './daily-report.ts';

test('a report of two rows', async () => {
  const context = taskContext(dailyReport, { source: '[{"amount":1},{"amount":2}]' });
  expect(await dailyReport.run(context)).toEqual({ text: 'the sum is 3', rows: 2 });
});

test('a report of a source that cannot be read', async () => {
  const context = taskContext(dailyReport, { source: '<html>' });
  expect(await dailyReport.run(context)).toEqual({ text: 'the sum is 0', rows: 0 });
});
