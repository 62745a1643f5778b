import { TasklaneClient } from '../../client/index.ts';
import type { Part, PartReport } from '../part.ts';
import { REFERENCE_TASK } from '../reference-task.ts';
import { percentile } from '../spread.ts';
import { textTable } from '../text-table.ts';

const TASKS = 200;
const WITHIN_MS = 300_000;
/** From acceptance to the first due time, so that none is due before all are submitted. */
const AHEAD_MS = 3000;

/** What vision T2 promises: never before its time, and at most two seconds after it. */
const MAX_LATENESS_MS = 2000;

/** Part 6: how late scheduled tasks start. */
export const schedulePart: Part = {
  name: 'schedule',
  title: `Lateness of ${TASKS} tasks scheduled at random times in the next ${WITHIN_MS / 60_000} minutes`,
  run: async (shared) => {
    const deployment = await shared.deployment();
    const client = new TasklaneClient({ baseUrl: deployment.url, token: deployment.token });
    const first = Date.now() + AHEAD_MS;
    const times = Array.from({ length: TASKS }, () => new Date(first + Math.random() * WITHIN_MS));
    const { items } = await client.submitBatch(
      times.map((at) => ({ ...REFERENCE_TASK, scheduled_at: at.toISOString() })),
    );
    const lateness: number[] = [];
    for (const { task_id } of items) {
      const { started_at, scheduled_at } = await client.wait(task_id);
      lateness.push(Date.parse(started_at ?? '') - Date.parse(scheduled_at ?? ''));
    }
    return reportOf(lateness);
  },
};

function reportOf(lateness: readonly number[]): PartReport {
  const figures = {
    min: Math.min(...lateness),
    p50: percentile(lateness, 0.5),
    p99: percentile(lateness, 0.99),
    max: Math.max(...lateness),
  };
  return {
    text: textTable([
      ['scheduled to started, ms', ...Object.keys(figures)],
      ['', ...Object.values(figures)],
    ]),
    figures: { tasks: lateness.length, lateness_ms: figures },
    targets: [
      {
        what: 'earliest start after its time',
        measured: figures.min,
        target: 0,
        bound: 'at_least',
        unit: 'ms',
      },
      {
        what: 'latest start after its time',
        measured: figures.max,
        target: MAX_LATENESS_MS,
        bound: 'at_most',
        unit: 'ms',
      },
    ],
  };
}
