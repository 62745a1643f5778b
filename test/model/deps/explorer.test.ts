import { describe, expect, it } from 'vitest';
import { CONFIGURATIONS, type ConfigurationName } from './configurations.ts';
import { MUTATIONS, type Mutation } from './mutations.ts';
import { CORE_RULES } from './rules.ts';
import { explore } from './search.ts';

/** Small enough for every run of the tests; `npm run explore` has them all. */
const SMALL: readonly ConfigurationName[] = ['one', 'one-beside', 'start', 'pages'];

/** Of the configurations in which a rule shows, the last one named is the smallest. */
const CASES = Object.entries<Mutation>(MUTATIONS).flatMap(([name, { change, shows }]) =>
  (Object.keys(shows) as ConfigurationName[])
    .slice(-1)
    .map((configuration) => [name, configuration, change, shows[configuration] ?? null] as const),
);

describe('what waits for others, by the decisions of core', () => {
  it.each(SMALL)('holds every property in every state of "%s"', (name) => {
    const { complete, broken } = explore({ configuration: CONFIGURATIONS[name], rules: CORE_RULES });
    expect({ complete, broken }).toEqual({ complete: true, broken: [] });
  });

  it.each(CASES)(
    'is as its table of rules says without "%s", in "%s"',
    (_, configuration, change, breaks) => {
      const world = { configuration: CONFIGURATIONS[configuration], rules: { ...CORE_RULES, ...change } };
      // P6 is judged when all is explored; anything else as soon as it has broken.
      const { broken } = explore(world, breaks === null || breaks === 'P6' ? {} : { until: [breaks] });
      const properties = broken.map(({ property }) => property);
      if (breaks === null) expect(properties).toEqual([]);
      else expect(properties).toContain(breaks);
    },
  );
});
