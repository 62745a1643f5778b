import { costPart } from './cost/cost-part.ts';
import { cpuPart } from './cpu/cpu-part.ts';
import { fairnessPart } from './fairness/fairness-part.ts';
import { latencyPart } from './latency/latency-part.ts';
import { loadAverage } from './machine.ts';
import { isMet, type Part, type Target } from './part.ts';
import { queryPart } from './query/query-part.ts';
import { type MeasuredPart, writeResults } from './results.ts';
import { schedulePart } from './schedule/schedule-part.ts';
import { createShared } from './shared.ts';
import { sizePart } from './size/size-part.ts';
import { type Cell, readable, textTable } from './text-table.ts';
import { throughputPart } from './throughput/throughput-part.ts';

/** `npm run bench`: all parts, or those that the arguments name. Prints tables and writes `bench/results.json`. */
const PARTS: readonly Part[] = [
  cpuPart,
  costPart,
  sizePart,
  throughputPart,
  latencyPart,
  schedulePart,
  queryPart,
  fairnessPart,
];

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !PARTS.some((part) => part.name === name));
if (unknown.length > 0) {
  console.error(`"${unknown.join(', ')}" is no part; there are: ${PARTS.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

const shared = createShared();
const measured: Record<string, MeasuredPart> = {};
try {
  for (const part of PARTS.filter(({ name }) => asked.length === 0 || asked.includes(name))) {
    const startedAtMs = performance.now();
    const { text, figures, targets } = await part.run(shared);
    const seconds = (performance.now() - startedAtMs) / 1000;
    console.log(`\n${part.title}  [${readable(seconds)} s]\n\n${text}`);
    measured[part.name] = { at: new Date().toISOString(), load_average: loadAverage(), targets, figures };
  }
} finally {
  await shared.stop();
}

const rows = Object.values(measured).flatMap(({ targets }) => targets.map(targetRow));
if (rows.length > 0) console.log(`\n${textTable([['met', 'target', 'measured', 'bound', 'unit'], ...rows])}`);
writeResults(measured);

function targetRow(target: Target): Cell[] {
  const bound = `${target.bound === 'at_most' ? '<=' : '>='} ${readable(target.target)}`;
  return [isMet(target) ? 'yes' : 'NO', target.what, target.measured, bound, target.unit];
}
