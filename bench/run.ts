import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../local/project-root.ts';
import { costPart } from './cost/cost-part.ts';
import { cpuPart } from './cpu/cpu-part.ts';
import { latencyPart } from './latency/latency-part.ts';
import { machineOf, versionsOf } from './machine.ts';
import { isMet, type Part, type Target } from './part.ts';
import { queryPart } from './query/query-part.ts';
import { createShared } from './shared.ts';
import { sizePart } from './size/size-part.ts';
import { readable, textTable } from './text-table.ts';
import { throughputPart } from './throughput/throughput-part.ts';

/** `npm run bench`: all parts, or those that the arguments name. Prints tables and writes `bench/results.json`. */
const PARTS: readonly Part[] = [cpuPart, costPart, sizePart, throughputPart, latencyPart, queryPart];

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !PARTS.some((part) => part.name === name));
if (unknown.length > 0) {
  console.error(`"${unknown.join(', ')}" is no part; there are: ${PARTS.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

const shared = createShared();
const figures: Record<string, unknown> = {};
const targets: Target[] = [];
try {
  for (const part of PARTS.filter(({ name }) => asked.length === 0 || asked.includes(name))) {
    const startedAtMs = performance.now();
    const report = await part.run(shared);
    const seconds = (performance.now() - startedAtMs) / 1000;
    console.log(`\n${part.title}  [${readable(seconds)} s]\n\n${report.text}`);
    figures[part.name] = report.figures;
    targets.push(...report.targets);
  }
} finally {
  await shared.stop();
}

const rows = targets.map((target) => [
  isMet(target) ? 'yes' : 'NO',
  target.what,
  target.measured,
  `${target.bound === 'at_most' ? '<=' : '>='} ${readable(target.target)}`,
  target.unit,
]);
if (rows.length > 0) console.log(`\n${textTable([['met', 'target', 'measured', 'bound', 'unit'], ...rows])}`);

const results = {
  at: new Date().toISOString(),
  machine: machineOf(),
  versions: versionsOf(),
  figures,
  targets,
};
writeFileSync(join(projectRoot, 'bench', 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
