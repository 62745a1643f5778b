import { describe, expect, it } from 'vitest';
import { ORDER_CONFIGURATIONS, type OrderConfigurationName } from './configurations.ts';
import { exploreOrder } from './explore-order.ts';
import { ORDER_MUTATIONS, type OrderMutation } from './mutations.ts';
import { ORDER_RULES } from './rules.ts';

/** Small enough for every run of the tests; `npm run explore` has them all. */
const SMALL: readonly OrderConfigurationName[] = [
  'O2-small',
  'O2-lost',
  'O8-small',
  'O8-lost',
  'O9-small',
  'O10-small',
  'O11-small',
  'O7-small',
];

const explored = new Map(
  SMALL.map((name) => {
    const world = { configuration: ORDER_CONFIGURATIONS[name], rules: ORDER_RULES };
    return [name, exploreOrder(world)] as const;
  }),
);

describe('the order of a key, by the decisions of core', () => {
  it.each(SMALL)('holds in every state of "%s"', (name) => {
    const { complete, broken } = explored.get(name) ?? {};
    expect({ complete, broken }).toEqual({ complete: true, broken: [] });
  });

  it('is explored where it matters: every fault strikes, and every decision is taken', () => {
    const labels = new Set([...explored.values()].flatMap((exploration) => [...exploration.labels]));
    for (const text of [
      'the API dies at work on T1 and T2',
      'SQS does not take T1 of the API',
      'the API sends T1, no answer comes',
      'the net sends T2',
      'the net of T1 sends what is there',
      'the dispatcher sends T1 to ordered',
      'five minutes pass since T1 was sent',
      'executor 1 receives T1 and T2',
      'executor 1 starts attempt 1 of T2',
      'executor 1: T1 has lost its lease',
      'executor 1 deletes what is done',
      "the user's restart of T1",
    ])
      expect(labels.has(text), text).toBe(true);
  });
});

describe('a rule of the order', () => {
  it.each(Object.entries<OrderMutation>(ORDER_MUTATIONS))(
    'is needed: without %s, properties break',
    (_, { change, configuration, breaks }) => {
      const world = {
        configuration: ORDER_CONFIGURATIONS[configuration],
        rules: { ...ORDER_RULES, ...change },
      };
      // P4 is judged when all is explored; anything else as soon as it has broken.
      const { broken } = exploreOrder(world, breaks.includes('P4') ? {} : { until: breaks });
      expect(broken.map(({ property }) => property)).toEqual(breaks);
    },
  );
});
