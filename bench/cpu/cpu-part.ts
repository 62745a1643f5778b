import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Part, PartReport } from '../part.ts';
import { benchDirectory } from '../shared.ts';
import { textTable } from '../text-table.ts';
import { type CpuFigure, type CpuPlan, measureCpu } from './measure-cpu.ts';

/** Enough tasks for rounds of about half a second, after so many that the code is compiled. */
const PLANS: readonly CpuPlan[] = [
  { batch: 10, tasksARound: 1000, rounds: 7, warmUpTasks: 4000 },
  { batch: 100, tasksARound: 2000, rounds: 5, warmUpTasks: 2000 },
  { batch: 1, tasksARound: 200, rounds: 5, warmUpTasks: 400 },
];

/** Milliseconds of CPU for one echo task, in batches of ten, that executor and dispatcher may take together. */
const TARGET_MS = 0.35;

/** Part 1: CPU of the handlers against the stub. */
export const cpuPart: Part = {
  name: 'cpu',
  title: 'CPU of the handlers (reference echo task, built bundles, stub AWS in a process of its own)',
  run: async (shared) => {
    const lab = await shared.lab();
    const directory = join(benchDirectory, 'profiles');
    mkdirSync(directory, { recursive: true });
    const figures: CpuFigure[] = [];
    for (const plan of PLANS) figures.push(...(await measureCpu(lab, plan, directory)));
    return reportOf(figures);
  },
};

function reportOf(figures: readonly CpuFigure[]): PartReport {
  const of = (name: CpuFigure['function'], batch: number) =>
    figures.find((one) => one.function === name && one.batch === batch)?.cpu_ms_per_task.median ?? Number.NaN;
  const together = of('executor', 10) + of('dispatcher', 10);
  const percent = (share: number) => Math.round(share * 100);
  const rows = [...figures]
    .sort((a, b) => a.function.localeCompare(b.function) || a.batch - b.batch)
    .map(({ function: name, batch, cpu_ms_per_task: { median, min, max }, shares, ...one }) => [
      name,
      batch,
      median,
      min,
      max,
      one.tasks_per_second_per_vcpu,
      percent(shares.sdk),
      percent(shares.short_way),
      percent(shares.sockets),
      percent(shares.tasklane),
    ]);
  const head = [
    'function',
    'batch',
    'CPU ms/task',
    'min',
    'max',
    'tasks/s/vCPU',
    'SDK %',
    'short way %',
    'sockets %',
    'Tasklane %',
  ];
  return {
    text: textTable([head, ...rows]),
    figures: { functions: figures, executor_and_dispatcher_batch_10_ms: together },
    targets: [
      {
        what: 'CPU of executor and dispatcher, batches of 10',
        measured: together,
        target: TARGET_MS,
        bound: 'at_most',
        unit: 'ms/task',
      },
    ],
  };
}
