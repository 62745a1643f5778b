import type { Condition } from '../../../core/dependencies/condition.ts';
import type { Budget } from './state.ts';

/** A dependency, as configurations name it: `X` by success, or by another condition. */
export type Named = string | readonly [string, Condition];

/** How a task is found at the beginning. */
export type Start =
  | 'absent'
  | 'queued'
  | 'processing'
  | 'completed'
  | { readonly waitsFor: readonly Named[] };

/** What a client does, once, at any time at which it is allowed. */
export type Wish =
  | { readonly kind: 'submit'; readonly task: string; readonly on: readonly Named[] }
  | { readonly kind: 'batch'; readonly members: Readonly<Record<string, readonly Named[]>> }
  | { readonly kind: 'put' | 'delete'; readonly task: string; readonly on: Named }
  | { readonly kind: 'cancel' | 'retry'; readonly task: string };

export interface Configuration {
  readonly about: string;
  readonly tasks: Readonly<Record<string, Start>>;
  readonly wishes: readonly Wish[];
  /** The wishes come in this order. */
  readonly inOrder: boolean;
  readonly budget: Budget;
  /** Tasks that may fail. */
  readonly fails: readonly string[];
  /** Tasks that nobody may count on to end. */
  readonly endless: readonly string[];
  /** Tasks that run on until nobody is at work on dependencies. */
  readonly patient: readonly string[];
  /** The fallback tasks of a task, one for each of its attempts. */
  readonly fallbacks: Readonly<Record<string, readonly string[]>>;
  /** Edges of a page. */
  readonly page: number;
  readonly timers: boolean;
  /** The timers may come while the API is still at work on the same task. */
  readonly overlap: boolean;
  /** The timers may die too. */
  readonly timersDie: boolean;
  /** Cycles can come about; elsewhere nobody walks, for a walk only reads. */
  readonly cycles: boolean;
  /** The release function may take all messages that are there at once. */
  readonly batches: boolean;
}

const NOTHING: Configuration = {
  about: '',
  tasks: {},
  wishes: [],
  inOrder: false,
  budget: { deaths: 0, duplicates: 0, rewinds: 0 },
  fails: [],
  endless: [],
  patient: [],
  fallbacks: {},
  page: 9,
  timers: true,
  overlap: true,
  timersDie: false,
  cycles: false,
  batches: false,
};

function configure(
  faults: Partial<Budget>,
  given: Partial<Omit<Configuration, 'budget'>> & Pick<Configuration, 'about' | 'tasks'>,
): Configuration {
  return { ...NOTHING, ...given, budget: { ...NOTHING.budget, ...faults } };
}

const submit = (task: string, ...on: Named[]): Wish => ({ kind: 'submit', task, on });
const put = (task: string, on: Named): Wish => ({ kind: 'put', task, on });
const remove = (task: string, on: Named): Wish => ({ kind: 'delete', task, on });
const retry = (task: string): Wish => ({ kind: 'retry', task });
const onX = { waitsFor: ['X'] } as const;

/** The configurations of the report that the protocol comes from, by its names, and small ones for every run of the tests. */
export const CONFIGURATIONS = {
  D1: configure(
    { deaths: 1 },
    {
      about: 'submit A on X and Y; X may fail',
      tasks: { X: 'processing', Y: 'processing', A: 'absent' },
      wishes: [submit('A', 'X', 'Y')],
      fails: ['X'],
    },
  ),
  D1b: configure(
    { deaths: 1 },
    {
      about: 'submit A on X, then B on A; X may fail',
      tasks: { X: 'processing', A: 'absent', B: 'absent' },
      wishes: [submit('A', 'X'), submit('B', 'A')],
      inOrder: true,
      fails: ['X'],
      overlap: false,
    },
  ),
  D1c: configure(
    { deaths: 3 },
    {
      about: 'submit A on X; the timers die too',
      tasks: { X: 'processing', A: 'absent' },
      wishes: [submit('A', 'X')],
      fails: ['X'],
      timersDie: true,
    },
  ),
  D2: configure(
    { deaths: 1, duplicates: 1, rewinds: 1 },
    {
      about: 'submit A on X (completion) and Y; X may fail',
      tasks: { X: 'processing', Y: 'completed', A: 'absent' },
      wishes: [submit('A', ['X', 'completion'], 'Y')],
      fails: ['X'],
      overlap: false,
    },
  ),
  D3: configure(
    { deaths: 1, duplicates: 1 },
    {
      about: 'pages of one edge; A and B wait for X',
      tasks: { X: 'processing', A: onX, B: { waitsFor: [['X', 'completion']] } },
      fails: ['X'],
      page: 1,
    },
  ),
  D3b: configure(
    { deaths: 1 },
    {
      about: 'pages of one edge; A waits for X, D is submitted beside it',
      tasks: { X: 'processing', A: onX, D: 'absent' },
      wishes: [submit('D', 'X')],
      fails: ['X'],
      page: 1,
      overlap: false,
    },
  ),
  D4: configure(
    { deaths: 1 },
    {
      about: 'submit A on the start of X, which nobody may count on to end',
      tasks: { X: 'queued', A: 'absent' },
      wishes: [submit('A', ['X', 'start'])],
      endless: ['X'],
    },
  ),
  D5: configure(
    { deaths: 1 },
    {
      about: 'two PUTs on A, on Y and Z; the tasks run until they are done',
      tasks: { X: 'processing', Y: 'processing', Z: 'processing', A: onX },
      wishes: [put('A', 'Y'), put('A', 'Z')],
      patient: ['X', 'Y', 'Z'],
    },
  ),
  D5b: configure(
    { deaths: 1 },
    {
      about: 'submit A on X, and beside it a PUT on A',
      tasks: { X: 'processing', Y: 'processing', A: 'absent' },
      wishes: [submit('A', 'X'), put('A', 'Y')],
      patient: ['Y'],
    },
  ),
  D5c: configure(
    { deaths: 1 },
    {
      about: 'a PUT on A beside its release by X',
      tasks: { X: 'processing', Y: 'processing', A: onX },
      wishes: [put('A', 'Y')],
      fails: ['Y'],
    },
  ),
  D6: configure(
    { deaths: 1 },
    {
      about: 'DELETE A -> Y, then PUT A -> Z, beside the ends of X and Y',
      tasks: { X: 'processing', Y: 'processing', Z: 'processing', A: { waitsFor: ['X', 'Y'] } },
      wishes: [remove('A', 'Y'), put('A', 'Z')],
      inOrder: true,
      fails: ['Y'],
    },
  ),
  D7: configure(
    {},
    {
      about: 'a cycle: PUT P -> Q and PUT Q -> P at once',
      tasks: { X: 'processing', P: onX, Q: onX },
      wishes: [put('P', 'Q'), put('Q', 'P')],
      cycles: true,
      timers: false,
    },
  ),
  D7a: configure(
    { deaths: 1 },
    {
      about: 'the same; X runs until they are done, and the timers help',
      tasks: { X: 'processing', P: onX, Q: onX },
      wishes: [put('P', 'Q'), put('Q', 'P')],
      cycles: true,
      patient: ['X'],
      overlap: false,
    },
  ),
  D7b: configure(
    {},
    {
      about: 'a cycle of three PUTs',
      tasks: { X: 'processing', P: onX, Q: onX, R: onX },
      wishes: [put('P', 'Q'), put('Q', 'R'), put('R', 'P')],
      cycles: true,
      patient: ['X'],
      timers: false,
    },
  ),
  D8: configure(
    {},
    {
      about: 'cancel A in its submission; B waits for its success, D for its end',
      tasks: { X: 'processing', A: 'absent', B: 'absent', D: 'absent' },
      wishes: [
        submit('A', 'X'),
        submit('B', 'A'),
        { kind: 'cancel', task: 'A' },
        submit('D', ['A', 'completion']),
      ],
    },
  ),
  D9: configure(
    { duplicates: 1, rewinds: 1 },
    {
      about: 'X fails, and A with it; both are retried; late copies',
      tasks: { X: 'processing', A: onX },
      wishes: [retry('X'), retry('A')],
      fails: ['X'],
    },
  ),
  D9b: configure(
    { duplicates: 1, rewinds: 1 },
    {
      about: 'X fails and is retried; B is submitted on its end; late copies',
      tasks: { X: 'processing', A: onX, B: 'absent' },
      wishes: [retry('X'), submit('B', ['X', 'completion'])],
      fails: ['X'],
    },
  ),
  D10: configure(
    { deaths: 1 },
    {
      about: 'a batch of B, which depends on A, and A; it is sent twice',
      tasks: { A: 'absent', B: 'absent' },
      wishes: [
        { kind: 'batch', members: { B: ['A'], A: [] } },
        { kind: 'batch', members: { B: ['A'], A: [] } },
      ],
    },
  ),
  D11: configure(
    { duplicates: 1, rewinds: 1 },
    {
      about: 'P waits for its fallback task, A for P; P is retried',
      tasks: { P: 'processing', F1: 'absent', F2: 'absent', A: { waitsFor: ['P'] } },
      wishes: [retry('P')],
      fails: ['P', 'F1', 'F2'],
      fallbacks: { P: ['F1', 'F2'] },
    },
  ),
  one: configure(
    { deaths: 1 },
    {
      about: 'submit A on X, which may fail',
      tasks: { X: 'processing', A: 'absent' },
      wishes: [submit('A', 'X')],
      fails: ['X'],
      overlap: false,
    },
  ),
  'one-beside': configure(
    {},
    {
      about: 'submit A on X, the timers beside it',
      tasks: { X: 'processing', A: 'absent' },
      wishes: [submit('A', 'X')],
    },
  ),
  start: configure(
    {},
    {
      about: 'submit A on the start of X, which nobody may count on to end',
      tasks: { X: 'queued', A: 'absent' },
      wishes: [submit('A', ['X', 'start'])],
      endless: ['X'],
      overlap: false,
    },
  ),
  late: configure(
    {},
    {
      about: 'X fails and is retried; B is submitted on its end',
      tasks: { X: 'processing', A: onX, B: 'absent' },
      wishes: [retry('X'), submit('B', ['X', 'completion'])],
      fails: ['X'],
      overlap: false,
    },
  ),
  pages: configure(
    {},
    {
      about: 'pages of one edge; A and B wait for X',
      tasks: { X: 'processing', A: onX, B: onX },
      page: 1,
    },
  ),
  pair: configure(
    { deaths: 1 },
    {
      about: 'A waits for X and Y, whose ends are handled together or beside each other',
      tasks: { X: 'processing', Y: 'processing', A: { waitsFor: ['X', 'Y'] } },
      fails: ['X'],
      batches: true,
    },
  ),
} as const satisfies Record<string, Configuration>;

export type ConfigurationName = keyof typeof CONFIGURATIONS;
