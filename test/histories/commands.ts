import fc from 'fast-check';
import type { BulkKind } from '../../core/bulk.ts';
import { CONDITIONS, type Condition } from '../../core/dependencies/condition.ts';
import type { Blow } from './mortal.ts';

/** How handlers end, in order; what is past the end succeeds. */
export type HandlerEnd =
  | 'succeeds'
  | 'takes_long'
  | 'fails'
  | 'fails_for_good'
  | 'goes_on'
  | 'kills_its_process'
  | 'exhausts_its_memory';

interface Mortal {
  /** What befalls the process. @default nothing */
  readonly blow: Blow | undefined;
}

/** One step of a history. Numbers choose among what there is. */
export type Command =
  | ({
      readonly kind: 'submit';
      readonly tasks: readonly SubmittedTask[];
      readonly keyed: boolean;
    } & Mortal)
  | ({ readonly kind: 'dispatch'; readonly count: number; readonly comesAgain: boolean } & Mortal)
  | ({
      readonly kind: 'execute';
      readonly count: number;
      readonly from: number;
      readonly ends: readonly HandlerEnd[];
      /** Whether there is a larger pool than the one that it runs in. */
      readonly isSmaller: boolean;
    } & Mortal)
  /** The ordered queue's next messages. */
  | ({
      readonly kind: 'execute_ordered';
      readonly count: number;
      readonly ends: readonly HandlerEnd[];
    } & Mortal)
  | ({ readonly kind: 'bury'; readonly count: number } & Mortal)
  | ({ readonly kind: 'sweep' } & Mortal)
  /** Dependents are told; the message may come again. */
  | ({ readonly kind: 'release'; readonly count: number; readonly comesAgain: boolean } & Mortal)
  /** One task is made to wait for another too, or no longer. */
  | ({
      readonly kind: 'depend' | 'no_longer_depend';
      readonly which: number;
      readonly on: number;
      readonly condition: Condition;
    } & Mortal)
  | { readonly kind: 'duplicate'; readonly which: number }
  | { readonly kind: 'pass_time'; readonly seconds: number }
  | ({ readonly kind: 'cancel' | 'retry' | 'restart'; readonly which: number } & Mortal)
  | ({ readonly kind: 'patch'; readonly which: number; readonly change: PatchedParts } & Mortal)
  /** A bulk task begins, or goes on where it died: what has failed is retried, or what is tagged cancelled. */
  | ({ readonly kind: 'bulk'; readonly wish: BulkKind } & Mortal)
  | ({ readonly kind: 'claim'; readonly count: number } & Mortal)
  | ({
      readonly kind: 'report';
      readonly which: number;
      readonly succeeds: boolean;
      readonly twice: boolean;
    } & Mortal)
  | { readonly kind: 'heartbeat' }
  /** A process that has stalled goes on. */
  | { readonly kind: 'resume'; readonly which: number };

export interface SubmittedTask {
  readonly priority: number;
  readonly maxAttempts: number;
  readonly delaySeconds: number;
  readonly dueInSeconds: number | undefined;
  readonly deadlineInSeconds: number | undefined;
  readonly forAgent: boolean;
  /** What stands in for it when its last attempt has failed. */
  readonly fallback: 'value' | 'task' | 'agent_task' | undefined;
  /** Something follows from its end: a compensation on critical, a post. */
  readonly hasFollowers: boolean;
  readonly tagged: boolean;
  readonly payloadCharacters: number;
  /** Whether its output goes into its agent's memory, or the shared one. */
  readonly remembered: boolean;
  /** Whether an equal task's output may serve it, and its own others. */
  readonly cached: boolean;
  /** Whose order it keeps; agents' tasks have none. */
  readonly orderingKey: string | undefined;
  /** Others that it waits for: of its batch, or of those accepted before; by number, also one that is not there. */
  readonly waitsFor: readonly WaitsFor[];
}

export interface WaitsFor {
  readonly of: 'batch' | 'accepted';
  readonly which: number;
  readonly condition: Condition;
}

export interface PatchedParts {
  readonly priority: number | undefined;
  readonly dueInSeconds: number | null | undefined;
  readonly deadlineInSeconds: number | null | undefined;
}

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
const atOperation = fc.integer({ min: 1, max: 5 });
const blow: fc.Arbitrary<Blow | undefined> = fc.option(
  fc.oneof(
    fc.record({ kind: fc.constant('dies' as const), atOperation, takesEffect: fc.boolean() }),
    fc.record({ kind: fc.constant('stalls' as const), atOperation }),
  ),
  { nil: undefined, freq: 3 },
);
const dueIn = fc.constantFrom(5, 600, 1000, 7200);
const deadlineIn = fc.constantFrom(8000, 20_000);
const which = fc.nat(7);

const submitted: fc.Arbitrary<SubmittedTask> = fc.record({
  priority: fc.constantFrom(1, 5, 9),
  maxAttempts: fc.integer({ min: 1, max: 3 }),
  delaySeconds: fc.constantFrom(0, 30, 1200),
  dueInSeconds: maybe(dueIn),
  deadlineInSeconds: maybe(deadlineIn),
  forAgent: fc.boolean(),
  fallback: maybe(fc.constantFrom('value' as const, 'task' as const, 'agent_task' as const)),
  hasFollowers: fc.boolean(),
  tagged: fc.boolean(),
  payloadCharacters: fc.constantFrom(1, 2000),
  remembered: fc.boolean(),
  cached: fc.boolean(),
  orderingKey: maybe(fc.constantFrom('a', 'a', 'b')),
  waitsFor: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    {
      weight: 1,
      arbitrary: fc.array(
        fc.record({
          of: fc.constantFrom('batch' as const, 'accepted' as const),
          which,
          condition: fc.constantFrom(...CONDITIONS),
        }),
        { minLength: 1, maxLength: 3 },
      ),
    },
  ),
});

const ends = fc.array(
  fc.constantFrom<HandlerEnd>(
    'succeeds',
    'succeeds',
    'takes_long',
    'fails',
    'fails',
    'fails_for_good',
    'goes_on',
    'kills_its_process',
    'exhausts_its_memory',
  ),
  { maxLength: 3 },
);

/** Any command; those that keep work going come most often. */
export const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('submit' as const),
      tasks: fc.array(submitted, { minLength: 1, maxLength: 3 }),
      keyed: fc.boolean(),
      blow,
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('dispatch' as const),
      count: fc.integer({ min: 1, max: 4 }),
      comesAgain: fc.boolean(),
      blow,
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('execute' as const),
      count: fc.integer({ min: 1, max: 4 }),
      from: which,
      ends,
      isSmaller: fc.boolean(),
      blow,
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('execute_ordered' as const),
      count: fc.integer({ min: 1, max: 4 }),
      ends,
      blow,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('pass_time' as const),
      seconds: fc.constantFrom(1, 31, 100, 700, 1300, 9000),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('sweep' as const), blow }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('release' as const),
      count: fc.integer({ min: 1, max: 3 }),
      comesAgain: fc.boolean(),
      blow,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('depend' as const, 'depend' as const, 'no_longer_depend' as const),
      which,
      on: which,
      condition: fc.constantFrom(...CONDITIONS),
      blow,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('duplicate' as const), which }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('bury' as const),
      count: fc.integer({ min: 1, max: 3 }),
      blow,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('cancel' as const, 'retry' as const, 'restart' as const),
      which,
      blow,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('patch' as const),
      which,
      change: fc.record({
        priority: maybe(fc.constantFrom(1, 5, 9)),
        dueInSeconds: maybe(fc.option(dueIn, { nil: null })),
        deadlineInSeconds: maybe(fc.option(deadlineIn, { nil: null })),
      }),
      blow,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('claim' as const),
      count: fc.integer({ min: 1, max: 3 }),
      blow,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('report' as const),
      which,
      succeeds: fc.boolean(),
      twice: fc.boolean(),
      blow,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('bulk' as const),
      wish: fc.constantFrom('retry' as const, 'retry' as const, 'cancel' as const),
      blow,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('heartbeat' as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('resume' as const), which }) },
);
