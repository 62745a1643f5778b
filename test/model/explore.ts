import { parseArgs } from 'node:util';
import type { ExploreBounds, Explored } from './breadth-first.ts';
import { allOf, FAMILIES, type FamilyShow, fullNameOf, type Named } from './families.ts';

const namesOf = (all: readonly Named[]): string => all.map(fullNameOf).join(', ');

const USAGE = `npm run explore [-- CONFIGURATION ...] [--without RULE | --without all | --without deps/all]
  no argument      every configuration with core's own rules; exit 1 if a property breaks
  CONFIGURATION    only these: ${namesOf(allOf('configurations'))}
  --without RULE   with that rule taken out, and the shortest trace to each property that breaks; exit 1 if
                   other properties break than the table of rules says
                   ${namesOf(allOf('rules'))}`;

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
  const asked = positionals.map((name) => namedIn('configurations', name));
  const isAsExpected =
    values.without === undefined ? exploreAll(asked) : exploreWithout(values.without, asked);
  if (!isAsExpected) process.exitCode = 1;
}

function exploreAll(asked: readonly Named[]): boolean {
  const all = asked.length > 0 ? asked : allOf('configurations');
  for (const { properties } of FAMILIES.filter((family) => all.some((one) => one.family === family)))
    for (const [id, text] of Object.entries(properties)) console.log(`${id}  ${text}`);
  console.log();
  printRow(['configuration', '', 'states', 'edges', 'seconds', 'verdict']);
  const found = all.map((configuration) => exploreOne(configuration));
  const states = found.reduce((sum, { exploration }) => sum + exploration.states, 0);
  const edges = found.reduce((sum, { exploration }) => sum + exploration.edges, 0);
  const seconds = found.reduce((sum, one) => sum + one.seconds, 0);
  const holds = found.every(
    ({ exploration }, place) =>
      exploration.broken.length === 0 && (exploration.complete || isInPart(all[place])),
  );
  const inPart = found.filter(({ exploration }) => !exploration.complete).length;
  printRow([
    `${found.length} configurations`,
    '',
    states,
    edges,
    seconds.toFixed(1),
    holds ? `all hold${inPart > 0 ? `, ${inPart} so far` : ''}` : 'BROKEN',
  ]);
  for (const { exploration } of found) printTraces(exploration);
  return holds;
}

function isInPart(configuration: Named | undefined): boolean {
  return configuration?.family.inPart?.includes(configuration.name) ?? false;
}

function exploreWithout(rule: string, asked: readonly Named[]): boolean {
  const isEach = rule === 'all' || FAMILIES.some(({ prefix }) => rule === `${prefix}all`);
  const ofPrefix = allOf('rules').filter((one) => fullNameOf(one).startsWith(rule.slice(0, -'all'.length)));
  const rules = isEach ? ofPrefix : [namedIn('rules', rule)];
  printRow(['without', 'configuration', 'states', 'edges', 'seconds', 'verdict']);
  return rules.flatMap((without) => exploreRule(without, asked)).every((isAsExpected) => isAsExpected);
}

/** Without a rule: where that shows, or in the configurations of its family that are asked for. */
function exploreRule(without: Named, asked: readonly Named[]): readonly boolean[] {
  const { family } = without;
  const { shows = [], why } = family.rules[without.name] ?? {};
  if (asked.length === 0) return shows.map((show) => isAsShown(without, show, why));
  for (const one of asked.filter((named) => named.family === family))
    printTraces(exploreOne(one, without).exploration);
  return [];
}

/** What strands a task, or breaks nothing, is judged when all is explored; anything else once it has broken. */
function isAsShown(
  without: Named,
  { configuration, breaks, mayBreakMore }: FamilyShow,
  why?: string,
): boolean {
  const { family } = without;
  const isJudgedWhole = breaks.includes(family.stranded) || breaks.length === 0;
  const bounds = isJudgedWhole ? {} : { until: breaks };
  const { exploration } = exploreOne({ family, name: configuration }, without, bounds);
  if (why !== undefined) console.log(`    (${why})`);
  printTraces(exploration);
  const broken = brokenIn(exploration);
  return (
    String(mayBreakMore ? broken.filter((property) => breaks.includes(property)) : broken) === String(breaks)
  );
}

function exploreOne(
  configuration: Named,
  without?: Named,
  bounds: ExploreBounds<string> = {},
): { readonly exploration: Explored<string>; readonly seconds: number } {
  const startedAtMs = performance.now();
  const exploration = configuration.family.explore(configuration.name, without?.name, bounds);
  const seconds = (performance.now() - startedAtMs) / 1000;
  const broken = brokenIn(exploration);
  const verdict = `${broken.length === 0 ? 'holds' : `breaks ${broken.join(', ')}`}${exploration.complete ? '' : ' (so far)'}`;
  const name = fullNameOf(configuration);
  const first = without === undefined ? [name, ''] : [fullNameOf(without), name];
  printRow([...first, exploration.states, exploration.edges, seconds.toFixed(1), verdict]);
  return { exploration, seconds };
}

function brokenIn({ broken }: Explored<string>): readonly string[] {
  return broken.map(({ property }) => property);
}

function printTraces({ broken }: Explored<string>): void {
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

function namedIn(kind: 'configurations' | 'rules', asked: string): Named {
  const all = allOf(kind);
  const found = all.find((one) => fullNameOf(one) === asked);
  if (found !== undefined) return found;
  throw new RangeError(`there is no "${asked}" among the ${kind}; there are: ${namesOf(all)}`);
}

main();
