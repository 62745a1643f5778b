import { CONFIGURATIONS, type Configuration, type ConfigurationName } from './configurations.ts';
import { MUTATIONS, type Mutation, type MutationName } from './mutations.ts';
import { PROPERTIES } from './properties.ts';
import { CORE_RULES, type Rules } from './rules.ts';
import { type Bounds, type Exploration, explore } from './search.ts';

/** How the configurations are named beside those of single tasks. */
const PREFIX = 'deps/';

export const DEPENDENCY_USAGE = `  deps/NAME        what waits for others: ${Object.keys(CONFIGURATIONS).join(', ')}
  --without deps/RULE  (or deps/all)
                   ${Object.keys(MUTATIONS).join(', ')}`;

export function isOfDependencies(name: string): boolean {
  return name.startsWith(PREFIX);
}

/** Explores configurations, all if none is named, by core's own rules; false if a property breaks. */
export function exploreDependencies(names: readonly string[] = []): boolean {
  for (const [id, text] of Object.entries(PROPERTIES)) console.log(`${id}  ${text}`);
  const all = Object.keys(CONFIGURATIONS) as ConfigurationName[];
  const chosen = names.length > 0 ? names.map((name) => keyIn(CONFIGURATIONS, name)) : all;
  return chosen
    .map((name) => {
      const { complete, broken } = exploreOne(name, CORE_RULES);
      return complete && broken.length === 0;
    })
    .every((holds) => holds);
}

/** Explores without a rule, or without each in turn; false if that is not as the table of rules says. */
export function exploreWithoutRule(name: string): boolean {
  const rules =
    name === `${PREFIX}all` ? (Object.keys(MUTATIONS) as MutationName[]) : [keyIn(MUTATIONS, name)];
  return rules
    .flatMap((rule) => {
      const { change, shows, why }: Mutation = MUTATIONS[rule];
      return (Object.keys(shows) as ConfigurationName[]).map((configuration) => {
        const breaks = shows[configuration] ?? null;
        const bounds = breaks === null || breaks === 'P6' ? {} : { until: [breaks] };
        const { broken } = exploreOne(configuration, { ...CORE_RULES, ...change }, bounds, rule);
        if (why !== undefined) console.log(`    (${why})`);
        return breaks === null ? broken.length === 0 : broken.some(({ property }) => property === breaks);
      });
    })
    .every((isAsSaid) => isAsSaid);
}

function exploreOne(
  name: ConfigurationName,
  rules: Rules,
  bounds: Bounds = {},
  without?: MutationName,
): Exploration {
  const configuration: Configuration = CONFIGURATIONS[name];
  const startMs = performance.now();
  const exploration = explore({ configuration, rules }, bounds);
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  const { states, edges, complete, broken } = exploration;
  const verdict =
    broken.length === 0 ? 'holds' : `breaks ${broken.map(({ property }) => property).join(', ')}`;
  const cells = [
    `${PREFIX}${name}${without === undefined ? '' : ` without ${without}`}`.padEnd(44),
    states.toLocaleString('en').padStart(10),
    edges.toLocaleString('en').padStart(12),
    seconds.padStart(8),
    `  ${verdict}${complete || bounds.until ? '' : ' (not all explored)'}`,
  ];
  console.log(cells.join(''));
  for (const { property, what, trace } of broken) {
    console.log(`    ${property} ${what}`);
    trace.forEach((label, index) => void console.log(`      ${String(index + 1).padStart(2)}. ${label}`));
  }
  return exploration;
}

function keyIn<T extends object>(table: T, name: string): keyof T & string {
  const key = name.slice(PREFIX.length);
  if (isOfDependencies(name) && Object.hasOwn(table, key)) return key as keyof T & string;
  throw new RangeError(
    `there is no "${name}"; there are: ${PREFIX}${Object.keys(table).join(`, ${PREFIX}`)}`,
  );
}
