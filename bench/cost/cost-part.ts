import { itemBytes, writeUnitsOf } from '../item-size.ts';
import type { Part, PartReport, Target } from '../part.ts';
import type { Lab } from '../path/lab.ts';
import { PATH_FUNCTIONS, type PathFunction } from '../path/path-functions.ts';
import { type BatchSizes, walkPath } from '../path/walk-path.ts';
import { percentile } from '../spread.ts';
import { readable, textTable } from '../text-table.ts';
import { AWS_CALL_MS, type Cost, costOf } from './cost-model.ts';
import { PRICES_COPIED } from './prices.ts';
import { SUBMISSION_MODES, type SubmissionMode } from './submission-modes.ts';
import { type CountedWalk, usagesOf } from './usages.ts';

/** The stub answers so late while calls in a row are counted: nothing else in an invocation takes as long. */
const COUNTING_LATENCY_MS = 100;

const TASKS = { batched: 2000, single: 300, trickled: 200 } as const;

interface Counted {
  readonly mode: SubmissionMode;
  readonly callsPerTask: Readonly<Record<string, number>>;
  /** Of one invocation of each function. */
  readonly callsInRow: CountedWalk['callsInRow'];
  readonly writeUnitsPerTask: Readonly<Record<string, number>>;
  readonly cost: Cost;
}

/** Part 5: calls and units of a task, and what they cost. */
export const costPart: Part = {
  name: 'cost',
  title: `AWS calls, units and USD per million reference tasks (prices of ${PRICES_COPIED}, us-east-1)`,
  run: async (shared) => {
    const [app, lab] = [await shared.app(), await shared.lab()];
    const counted: Counted[] = [];
    for (const mode of SUBMISSION_MODES) {
      const { sizes } = mode;
      const tasks = TASKS[mode.name];
      await walkPath(lab, { sizes, tasks }); // compiles the code
      const report = await walkPath(lab, { sizes, tasks });
      const walk = { mode, tasks, report, callsInRow: await countCallsInRow(lab, sizes) };
      counted.push({ mode, ...countsOf(walk), cost: costOf(usagesOf(walk, app)) });
    }
    return reportOf(counted, await largestRowBytes(lab));
  },
};

/** AWS calls of one invocation that follow one after the other, by what they take when each is slow. */
async function countCallsInRow(lab: Lab, sizes: BatchSizes): Promise<CountedWalk['callsInRow']> {
  const tasks = 5 * Math.max(...Object.values(sizes));
  await lab.stub.setLatency(COUNTING_LATENCY_MS);
  const walk = await walkPath(lab, { sizes, tasks });
  await lab.stub.setLatency(0);
  const of = (name: PathFunction) =>
    Math.floor(percentile(walk[name].durationsMs, 0.5) / COUNTING_LATENCY_MS);
  return { api: of('api'), dispatcher: of('dispatcher'), executor: of('executor') };
}

/** The finished rows differ by a few bytes at the most: their random parts are equally long. */
async function largestRowBytes(lab: Lab): Promise<number> {
  return Math.max(...(await lab.stub.itemsOf('tasks')).map(itemBytes));
}

function countsOf({ report: walk, tasks, callsInRow }: CountedWalk): Omit<Counted, 'mode' | 'cost'> {
  const calls = PATH_FUNCTIONS.flatMap((name) =>
    Object.entries(walk[name].counts.operations).map(([operation, one]) => [
      `${name} ${operation}`,
      one.calls / tasks,
    ]),
  );
  const units: Record<string, number> = {};
  for (const name of PATH_FUNCTIONS) {
    for (const [what, used] of Object.entries(walk[name].counts.writeUnits)) {
      units[what] = (units[what] ?? 0) + used / tasks;
    }
  }
  return { callsPerTask: Object.fromEntries(calls), callsInRow, writeUnitsPerTask: units };
}

function reportOf(counted: readonly Counted[], rowBytes: number): PartReport {
  const units = Math.max(
    ...counted.map(({ writeUnitsPerTask }) =>
      Object.values(writeUnitsPerTask).reduce((sum, one) => sum + one, 0),
    ),
  );
  const modes = counted.map(({ mode }) => mode);
  const text = [
    modes.map(({ name, why }) => `${name}: ${why}`).join('\n'),
    `Lambda's time is the measured CPU plus ${AWS_CALL_MS} ms for each AWS call that waits for another. Storage, data transfer and handlers' own work are not in it.`,
    textTable([['AWS calls per task', ...modes.map(({ name }) => name)], ...callRows(counted)]),
    textTable([['write units per task', ...modes.map(({ name }) => name)], ...unitRows(counted)]),
    `Finished row of the reference task: ${rowBytes} bytes, ${readable(writeUnitsOf(rowBytes))} write unit a change`,
    textTable([['USD per million tasks', 'unit', ...modes.map(({ name }) => name)], ...costRows(counted)]),
  ].join('\n\n');
  return {
    text,
    figures: {
      prices_copied: PRICES_COPIED,
      aws_call_ms: AWS_CALL_MS,
      finished_row_bytes: rowBytes,
      modes: counted,
    },
    targets: [
      {
        what: 'finished row of the reference task',
        measured: rowBytes,
        target: 1024,
        bound: 'at_most',
        unit: 'bytes',
      },
      {
        what: 'write units, index entry included',
        measured: units,
        target: 5,
        bound: 'at_most',
        unit: 'units/task',
      },
      ...counted.flatMap(costTarget),
    ],
  };
}

const costTarget = ({ mode, cost }: Counted): readonly Target[] =>
  mode.targetUsd === undefined
    ? []
    : [
        {
          what: `cost, ${mode.name}`,
          measured: cost.usdPerMillionTasks,
          target: mode.targetUsd,
          bound: 'at_most',
          unit: 'USD/million',
        },
      ];

const callRows = (counted: readonly Counted[]) =>
  rowsOf(counted.map(({ callsPerTask }) => callsPerTask)).map(([name, ...values]) => [name, ...values]);

const unitRows = (counted: readonly Counted[]) =>
  rowsOf(counted.map(({ writeUnitsPerTask }) => writeUnitsPerTask));

/** A row for each key of any of the records, a column for each record. */
function rowsOf(records: readonly Readonly<Record<string, number>>[]): [string, ...number[]][] {
  const names = [...new Set(records.flatMap((record) => Object.keys(record)))].sort();
  return names.map((name) => [name, ...records.map((record) => record[name] ?? 0)]);
}

function costRows(counted: readonly Counted[]) {
  const keys = new Map(
    counted.flatMap(({ cost }) => cost.lines).map(({ part, unit }) => [`${part} ${unit}`, { part, unit }]),
  );
  const lines = [...keys.values()].map(({ part, unit }) => [
    part,
    unit,
    ...counted.map(
      ({ cost }) =>
        cost.lines.find((line) => line.part === part && line.unit === unit)?.usdPerMillionTasks ?? 0,
    ),
  ]);
  return [...lines, ['all', '', ...counted.map(({ cost }) => cost.usdPerMillionTasks)]];
}
