import { parseArgs } from 'node:util';
import { CONFIGURATIONS, type ConfigurationName } from './configurations.ts';
import {
  DEPENDENCY_USAGE,
  exploreDependencies,
  exploreWithoutRule,
  isOfDependencies,
} from './deps/explore-dependencies.ts';
import type { Mutation } from './mutations/mutation.ts';
import { MUTATIONS, type MutationName } from './mutations.ts';
import { PROPERTIES, type PropertyId } from './properties.ts';
import { CORE_RULES, type Rules } from './rules.ts';
import { type Bounds, type Exploration, explore } from './search.ts';

const USAGE = `npm run explore [-- CONFIGURATION ...] [--without RULE | --without all]
  no argument      every configuration with core's own rules; exit 1 if a property breaks
  CONFIGURATION    only these: ${Object.keys(CONFIGURATIONS).join(', ')}
  --without RULE   with that rule taken out, and the shortest trace to each property that breaks; exit 1 if
                   other properties break than the table of rules says
                   ${Object.keys(MUTATIONS).join(', ')}
${DEPENDENCY_USAGE}`;

const WIDTHS = [34, 22, 11, 12, 9] as const;

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { without: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  if (values.without !== undefined && isOfDependencies(values.without)) {
    if (!exploreWithoutRule(values.without)) process.exitCode = 1;
    return;
  }
  const ofDependencies = positionals.filter(isOfDependencies);
  const isAll = positionals.length === 0 && values.without === undefined;
  if ((isAll || ofDependencies.length > 0) && !exploreDependencies(ofDependencies)) process.exitCode = 1;
  if (ofDependencies.length > 0 && ofDependencies.length === positionals.length) return;
  const names = positionals
    .filter((name) => !isOfDependencies(name))
    .map((name) => keyIn(CONFIGURATIONS, name, 'configuration'));
  const isAsExpected =
    values.without === undefined ? exploreAll(names) : exploreWithout(values.without, names);
  if (!isAsExpected) process.exitCode = 1;
}

function exploreAll(names: readonly ConfigurationName[]): boolean {
  for (const [id, text] of Object.entries(PROPERTIES)) console.log(`${id}  ${text}`);
  console.log();
  printRow(['configuration', '', 'states', 'edges', 'seconds', 'verdict']);
  const all = names.length > 0 ? names : (Object.keys(CONFIGURATIONS) as ConfigurationName[]);
  const found = all.map((name) => exploreOne(name, '', CORE_RULES));
  const states = found.reduce((sum, { exploration }) => sum + exploration.states, 0);
  const edges = found.reduce((sum, { exploration }) => sum + exploration.edges, 0);
  const seconds = found.reduce((sum, one) => sum + one.seconds, 0);
  const holds = found.every(({ exploration }) => exploration.complete && exploration.broken.length === 0);
  printRow([
    `${found.length} configurations`,
    '',
    states,
    edges,
    seconds.toFixed(1),
    holds ? 'all hold' : 'BROKEN',
  ]);
  for (const { exploration } of found) printTraces(exploration);
  return holds;
}

function exploreWithout(rule: string, names: readonly ConfigurationName[]): boolean {
  const rules =
    rule === 'all' ? (Object.keys(MUTATIONS) as MutationName[]) : [keyIn(MUTATIONS, rule, 'rule')];
  printRow(['without', 'configuration', 'states', 'edges', 'seconds', 'verdict']);
  const verdicts = rules.flatMap((name) => {
    const mutation: Mutation = MUTATIONS[name];
    const isOwn = names.length === 0;
    return (isOwn ? [mutation.configuration] : names).map((configuration) => {
      const bounds =
        isOwn && !mutation.breaks.includes('S1') && mutation.breaks.length > 0
          ? { until: mutation.breaks }
          : {};
      const { exploration } = exploreOne(configuration, name, { ...CORE_RULES, ...mutation.change }, bounds);
      if (mutation.why !== undefined) console.log(`    (${mutation.why})`);
      printTraces(exploration);
      return !isOwn || String(brokenIn(exploration)) === String(mutation.breaks);
    });
  });
  return verdicts.every((isAsExpected) => isAsExpected);
}

function exploreOne(
  name: ConfigurationName,
  without: string,
  rules: Rules,
  bounds: Bounds = {},
): { readonly exploration: Exploration; readonly seconds: number } {
  const startedAtMs = performance.now();
  const exploration = explore({ configuration: CONFIGURATIONS[name], rules }, bounds);
  const seconds = (performance.now() - startedAtMs) / 1000;
  const broken = brokenIn(exploration);
  const verdict = `${broken.length === 0 ? 'holds' : `breaks ${broken.join(', ')}`}${exploration.complete ? '' : ' (not all explored)'}`;
  const first = without === '' ? [name, ''] : [without, name];
  printRow([...first, exploration.states, exploration.edges, seconds.toFixed(1), verdict]);
  return { exploration, seconds };
}

function brokenIn({ broken }: Exploration): readonly PropertyId[] {
  return broken.map(({ property }) => property);
}

function printTraces({ broken }: Exploration): void {
  for (const { property, what, trace } of broken) {
    console.log(`    ${property} ${what}`);
    trace.forEach((label, index) => void console.log(`      ${String(index + 1).padStart(2)}. ${label}`));
  }
}

function printRow(cells: readonly (string | number)[]): void {
  const text = cells.map((cell, index) => {
    const width = WIDTHS[index] ?? 0;
    const told = typeof cell === 'number' ? cell.toLocaleString('en') : cell;
    return index < 2 ? told.padEnd(width) : index < WIDTHS.length ? told.padStart(width) : `  ${told}`;
  });
  console.log(text.join('').trimEnd());
}

function keyIn<T extends object>(table: T, name: string, kind: string): keyof T & string {
  if (Object.hasOwn(table, name)) return name as keyof T & string;
  throw new RangeError(`there is no ${kind} "${name}"; there are: ${Object.keys(table).join(', ')}`);
}

main();
