import { LANES } from '../../core/lane.ts';
import { stageConfig } from '../../lib/config.ts';
import type { Part, PartReport } from '../part.ts';
import { percentile } from '../spread.ts';
import { readable, textTable } from '../text-table.ts';
import { type Drain, drainTasks } from './drain-tasks.ts';
import { type Ceiling, measureCeiling } from './no-op-ceiling.ts';
import { type CpuSeconds, cpuBetween, readCpu } from './process-cpu.ts';

const TASKS = 5000;
const BATCH = 500;

/** Part of the emulator's own ceiling that the whole path must reach. */
const TARGET_RATIO = 0.1;

/** Part 2: the whole path on the emulator, and the emulator alone. */
export const throughputPart: Part = {
  name: 'throughput',
  title: `Throughput on the emulator: ${TASKS} echo tasks in batches of ${BATCH}`,
  run: async (shared) => {
    const deployment = await shared.deployment();
    await drainTasks(deployment, BATCH, BATCH); // starts the functions' processes
    const before = await readCpu(deployment);
    const drain = await drainTasks(deployment, TASKS, BATCH);
    const cpu = cpuBetween(before, await readCpu(deployment));
    const ceiling = await measureCeiling(deployment.emulator.url, TASKS, lanesTogether());
    return reportOf(drain, cpu, ceiling);
  },
};

/** The no-op function gets as many invocations at a time as all lanes together. */
function lanesTogether(): number {
  const [smallest] = stageConfig('local').pools;
  return LANES.reduce((sum, lane) => sum + (smallest?.lanes[lane].maxConcurrency ?? 0), 0);
}

function reportOf(drain: Drain, cpu: CpuSeconds, ceiling: Ceiling): PartReport {
  const tasksPerSecond = drain.tasks / drain.seconds;
  const ratio = tasksPerSecond / ceiling.messagesPerSecond;
  const latency = (share: number) => percentile(drain.latenciesMs, share);
  const shares = Object.entries(cpu)
    .filter(([, seconds]) => seconds > 0)
    .sort(([, a], [, b]) => b - a);
  const figures = {
    tasks_per_second: tasksPerSecond,
    submitted_within_seconds: drain.submitSeconds,
    latency_ms: { p50: latency(0.5), p95: latency(0.95), p99: latency(0.99) },
    ceiling_messages_per_second: ceiling.messagesPerSecond,
    ratio,
    cpu_seconds: cpu,
  };
  return {
    text: [
      textTable([
        ['', 'per second', 'seconds'],
        ['tasks completed', tasksPerSecond, drain.seconds],
        ['no-op messages through a queue', ceiling.messagesPerSecond, ceiling.seconds],
        ['ratio', ratio, ''],
      ]),
      `submit to completed, ms: p50 ${readable(latency(0.5))}, p95 ${readable(latency(0.95))}, p99 ${readable(latency(0.99))}`,
      textTable([
        ['CPU', 'seconds', 'of one core, %'],
        ...shares.map(([name, seconds]) => [name, seconds, (100 * seconds) / drain.seconds]),
      ]),
      'The first of them bounds the rest: the emulator is one Python process, which no second core helps (bench/README.md has its profile).',
    ].join('\n\n'),
    figures,
    targets: [
      {
        what: "throughput, part of the emulator's ceiling",
        measured: ratio,
        target: TARGET_RATIO,
        bound: 'at_least',
        unit: '',
      },
    ],
  };
}
