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
  /** States after which the exploration ends, though there are more; whether a task is stranded is not judged then. */
  readonly upTo?: number;
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

export function configure(
  faults: Partial<Budget>,
  given: Partial<Omit<Configuration, 'budget'>> & Pick<Configuration, 'about' | 'tasks'>,
): Configuration {
  return { ...NOTHING, ...given, budget: { ...NOTHING.budget, ...faults } };
}

export const submit = (task: string, ...on: Named[]): Wish => ({ kind: 'submit', task, on });
export const put = (task: string, on: Named): Wish => ({ kind: 'put', task, on });
export const remove = (task: string, on: Named): Wish => ({ kind: 'delete', task, on });
export const retry = (task: string): Wish => ({ kind: 'retry', task });
export const onX = { waitsFor: ['X'] } as const;
