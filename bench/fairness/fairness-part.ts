import { fairnessGroupOf } from '../../core/fairness.ts';
import { stageConfig } from '../../lib/config.ts';
import type { Part, PartReport } from '../part.ts';
import { mean, percentile } from '../spread.ts';
import { textTable } from '../text-table.ts';
import type { QueuedMessage } from './fair-queue.ts';
import { type Capacity, simulateLane } from './simulate-lane.ts';

/** What the noisy tenant sends. */
export interface Flood {
  readonly tasks: number;
  readonly withinMs: number;
  /** Fairness keys that it spreads its tasks over. */
  readonly keys: number;
}
const FLOOD: Flood = { tasks: 100_000, withinMs: 10_000, keys: 1000 };

/** How often the quiet tenant sends a task. */
const QUIET_EVERY_MS = 47;

/** Milliseconds that a batch takes on average. */
const BATCH_MS = 500;

/** By which name a message counts. */
type Naming = (tenant: string, key: string) => string;

const SETTINGS = [
  { name: 'no groups', isFair: false, naming: (tenant) => tenant },
  { name: 'a group a key, 1,000 invented', isFair: true, naming: (tenant, key) => `${tenant} ${key}` },
  {
    name: 'as Tasklane sends them',
    isFair: true,
    naming: (tenant, fairness_key) => fairnessGroupOf({ tenant, fairness_key }),
  },
] as const satisfies readonly { name: string; isFair: boolean; naming: Naming }[];

interface Waits {
  readonly setting: string;
  readonly quiet: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly noisyMean: number;
}

/** Part 7: what a quiet tenant waits for behind a noisy one, by SQS's published rule, since no emulator knows it. */
export const fairnessPart: Part = {
  name: 'fairness',
  title:
    'A quiet tenant behind a noisy one: seconds until an executor gets a task (simulated, see bench/README.md)',
  run: async () => {
    const [standard] = stageConfig('prod').pools;
    const { maxConcurrency = 1, batchSize = 1 } = standard?.lanes.normal ?? {};
    return reportOf(waitsOf({ executors: maxConcurrency, batchSize, batchMs: BATCH_MS }, FLOOD));
  },
};

/** The waits of both tenants by each setting. */
export function waitsOf(capacity: Capacity, flood: Flood): readonly Waits[] {
  return SETTINGS.map(({ name, isFair, naming }) => {
    const served = simulateLane(traffic(capacity, flood, naming), capacity, isFair);
    const seconds = (isQuiet: boolean) =>
      served.flatMap(({ message, waitedMs }) => (isOfQuiet(message) === isQuiet ? [waitedMs / 1000] : []));
    const quiet = seconds(true);
    const [p50, p99, max] = [0.5, 0.99, 1].map((share) => percentile(quiet, share));
    return {
      setting: name,
      quiet: { p50: p50 ?? 0, p99: p99 ?? 0, max: max ?? 0 },
      noisyMean: mean(seconds(false)),
    };
  });
}

interface Sent extends QueuedMessage {
  readonly isQuiet: boolean;
}

const isOfQuiet = (message: QueuedMessage): boolean => (message as Sent).isQuiet;

/** The flood, and until it is over a task now and then of the other tenant. */
function traffic({ executors, batchSize, batchMs }: Capacity, flood: Flood, naming: Naming): readonly Sent[] {
  const drainMs = (flood.tasks / (executors * batchSize)) * batchMs;
  const noisy = Array.from({ length: flood.tasks }, (_, n) => ({
    group: naming('noisy', `key-${n % flood.keys}`),
    sentAtMs: Math.floor((n * flood.withinMs) / flood.tasks),
    isQuiet: false,
  }));
  const quiet = Array.from({ length: Math.floor(drainMs / QUIET_EVERY_MS) }, (_, n) => ({
    group: naming('quiet', ''),
    sentAtMs: n * QUIET_EVERY_MS,
    isQuiet: true,
  }));
  return [...noisy, ...quiet].sort((a, b) => a.sentAtMs - b.sentAtMs);
}

function reportOf(waits: readonly Waits[]): PartReport {
  const rows = waits.map(({ setting, quiet, noisyMean }) => [
    setting,
    quiet.p50,
    quiet.p99,
    quiet.max,
    noisyMean,
  ]);
  const fair = waits.at(-1);
  return {
    text: textTable([['lane messages', 'quiet p50', 'p99', 'max', 'noisy mean'], ...rows]),
    figures: waits,
    targets: [
      {
        what: 'the wait of a quiet tenant behind a flood (p99)',
        measured: fair?.quiet.p99 ?? 0,
        target: 2,
        bound: 'at_most',
        unit: 's',
      },
    ],
  };
}
