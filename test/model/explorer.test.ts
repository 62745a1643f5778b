import { describe, expect, it } from 'vitest';
import { CONFIGURATIONS, type ConfigurationName } from './configurations.ts';
import type { Mutation } from './mutations/mutation.ts';
import { MUTATIONS } from './mutations.ts';
import { CORE_RULES } from './rules.ts';
import { type Exploration, explore } from './search.ts';

/** Small enough for every run of the tests; `npm run explore` has them all. */
const SMALL: readonly ConfigurationName[] = [
  'lost',
  'deaths-once',
  'dlq-once',
  'dup-once',
  'five',
  'killer',
  'express-once',
  'express-stall',
  'redo-once',
  'long-retry-plain',
  'two-tasks',
  'two-lost',
  'two-dup',
  'circuit',
  'cancel-once',
  'patch-once',
  'restart-once',
  'retry-once',
  'change-slow',
  'dlq-cancel-once',
  'two-cancel',
  'sched-once',
  'sched-sweepA',
  'patch-slow',
  'patch-deadline',
  'patch-deadline-retry',
  'skew',
  'skew-retry',
  'deadline',
  'deadline-q',
  'deadline-any',
  'deadline-restart',
];

const rules = Object.entries<Mutation>(MUTATIONS);
const needed = rules.filter(([, { breaks }]) => breaks.length > 0);
const unneeded = rules.filter(([, { breaks }]) => breaks.length === 0);

const explored = new Map<ConfigurationName, Exploration>();

/** A configuration by core's own rules, explored once. */
function explorationOf(name: ConfigurationName): Exploration {
  const known = explored.get(name);
  if (known !== undefined) return known;
  const exploration = explore({ configuration: CONFIGURATIONS[name], rules: CORE_RULES });
  explored.set(name, exploration);
  return exploration;
}

function breaksWithout({ change, configuration, breaks }: Mutation) {
  const world = { configuration: CONFIGURATIONS[configuration], rules: { ...CORE_RULES, ...change } };
  // S1 is judged when all is explored; anything else as soon as it has broken.
  return explore(world, breaks.length === 0 || breaks.includes('S1') ? {} : { until: breaks });
}

describe('the protocols, by the decisions of core', () => {
  it.each(SMALL)('hold every property in every state of "%s"', (name) => {
    const { complete, broken } = explorationOf(name);
    expect({ complete, broken }).toEqual({ complete: true, broken: [] });
  });

  it('are explored where it matters: every fault strikes, and every decision is taken', () => {
    const labels = new Set(SMALL.flatMap((name) => [...explorationOf(name).labels]));
    for (const text of [
      'the clock ticks while an executor stalls',
      'the executor of attempt 1 dies',
      'the API dies before the express send',
      'SQS duplicates the message of generation 1',
      'the record of generation 1 keeps failing and goes to redo',
      'the executor claims: attempt 1; the answer is lost',
      'the executor claims again: attempt 1',
      'the executor of attempt 1 finishes: completed; every answer is lost',
      'the executor of attempt 2 reads the results: adopt success',
      'the executor of attempt 2 reads the results: adopt failure',
      'the executor of attempt 3 reads the results: go solo',
      'the executor of attempt 7 reads the results: fail',
      'the executor of attempt 1 sees that its lease is over: starts nothing, leaves the message',
      'the executor of attempt 1 finishes: refused (processing): report',
      'dead-letter reads the row and drops the message',
      'dead-letter reads the row and puts the message back (processing)',
      'dead-letter writes completed',
      'dead-letter writes failed',
      'dead-letter writes cancelled',
      'the executor of attempt 1 finds the circuit open',
      'the executor of attempt 1 finishes: refused (processing): cancel instead',
      'the executor of attempt 1 sees the cancel: stops its handler',
      'the executor of attempt 1 sees that its lease is lost: stops its handler',
      'the executor of attempt 1 looks late, nobody has the row',
      'the executor of attempt 1 extends its lease late',
      'the executor of attempt 1 is refused its heartbeat: stops its handler',
      'the executor of attempt 1: the deadline ends the handler',
      'the clock ticks, heartbeats extend the lease',
      'the sweep reads the row (scheduled)',
      'the sweep’s new generation is written: retrying',
      'the sweep’s failed is written: failed',
      'the sweep’s cancelled is written: cancelled',
      'the user’s cancel is decided',
      'the user’s cancel is written: cancelled',
      'the user’s cancel: cancelled',
      'the user’s restart: queued',
      'the user’s retry by hand: queued',
      'the user’s far due time: scheduled',
      'the user’s near due time: scheduled',
      'the user’s due time of now: queued',
      'the user’s deadline taken away: scheduled',
    ])
      expect(labels.has(text), text).toBe(true);
  });
});

describe('a rule of the protocols', () => {
  it.each(needed)('is needed: without %s, properties break', (_, mutation) => {
    const { broken } = breaksWithout(mutation);
    expect(broken.map(({ property }) => property)).toEqual(mutation.breaks);
  });

  it.each(unneeded)('is doubled, or of a later feature: without %s, nothing breaks', (_, mutation) => {
    const { complete, broken } = breaksWithout(mutation);
    expect({ complete, broken }).toEqual({ complete: true, broken: [] });
    expect(mutation.why).toBeDefined();
  });
});
