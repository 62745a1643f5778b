import { isOrdered } from '../../../core/order.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import { FATE_ACKNOWLEDGE } from '../../../core/usecases/message-fate.ts';
import type { OrderConfigurationName } from './configurations.ts';
import { ORDER_RULES as core, type OrderRules } from './rules.ts';
import type { OrderProperty } from './world.ts';

/** A rule of the order, how the decisions look without it, and what that breaks. */
export interface OrderMutation {
  readonly rule: string;
  readonly change: Partial<OrderRules>;
  /** A small configuration that shows it. */
  readonly configuration: OrderConfigurationName;
  /** The properties that are explored until they break there. */
  readonly breaks: readonly OrderProperty[];
}

/** Each rule, taken out alone. */
export const ORDER_MUTATIONS = {
  followers: {
    rule: 'whatever leaves a message in the queue leaves all behind it in its group there too',
    change: { chainStep: () => ({ kind: 'next' }) },
    configuration: 'O3-small',
    breaks: ['P1', 'P2'],
  },
  'no-dead-letters': {
    rule: 'the ordered queue has no dead-letter queue',
    change: { hasDeadLetters: true },
    configuration: 'O4-small',
    breaks: ['P1', 'P3'],
  },
  'alone-in-place': {
    rule: 'a task that has crashed twice runs alone in its place, not in the queue of such tasks',
    change: {
      lookAtClaim: (row, nowMs, results) => core.lookAtClaim(unordered(row), nowMs, results),
      finishWrite: (row, outcome, terms) =>
        core.finishWrite(outcome.kind === 'released' ? unordered(row) : row, outcome, terms),
      fateInPlace: (row, write, nowMs) =>
        write.set.solo ? FATE_ACKNOWLEDGE : core.fateInPlace(row, write, nowMs),
      followUpsOf: (row, previous) => core.followUpsOf(row.solo ? unordered(row) : row, previous),
      mustRunAlone: () => false,
    },
    configuration: 'O5-small',
    breaks: ['P1'],
  },
  'restart-in-place': {
    rule: 'a restart only ends the lease: the message that is there wakes the task',
    change: { restartChange: (row, nowMs) => core.restartChange(unordered(row), nowMs) },
    configuration: 'O7-small',
    breaks: ['P1'],
  },
  'retry-in-place': {
    rule: 'a failed head waits with its message in its place',
    change: { fateInPlace: () => undefined },
    configuration: 'O1-small',
    breaks: ['P1'],
  },
  'retry-keeps-generation': {
    rule: 'a retry raises no generation: its message is there',
    change: { finishWrite: (row, outcome, terms) => core.finishWrite(unordered(row), outcome, terms) },
    configuration: 'O1-small',
    breaks: ['P1'],
  },
  'net-place': {
    rule: 'the nets of a batch rise with its order',
    change: { netPlaceOf: (task, index, shards) => ({ ...core.netPlaceOf(task, index, shards), place: 0 }) },
    configuration: 'O8-small',
    breaks: ['P1'],
  },
  'net-shard': {
    rule: 'the nets of a key are in one shard',
    change: {
      netPlaceOf: ({ ordering_key: _key, ...task }, index, shards) => ({
        ...core.netPlaceOf(task, index, shards),
        place: index,
      }),
    },
    configuration: 'O8-small',
    breaks: ['P1'],
  },
  net: {
    rule: 'a task that waits for its first claim has a net',
    change: {
      acceptTask: (submission, terms) => {
        const { timer_at: _at, timer_in: _in, ...row } = core.acceptTask(submission, terms).row;
        return { row };
      },
    },
    configuration: 'O2-small',
    breaks: ['P4'],
  },
  'created-by-api': {
    rule: 'the dispatcher sends nothing of what the API sends in its order',
    change: {
      followUpsOf: (row, previous) =>
        previous === undefined && isOrdered(row)
          ? core
              .followUpsOf({ ...row, generation: 2 }, previous)
              .map((followUp) => ({ ...followUp, generation: 1 }))
          : core.followUpsOf(row, previous),
    },
    configuration: 'O8-small',
    breaks: ['P1'],
  },
  'accepted-when-sent': {
    rule: 'a task whose message is not sent for certain is not accepted',
    change: { acceptsUnsent: true },
    configuration: 'O2-lost',
    breaks: ['P1'],
  },
  'stop-at-unsent': {
    rule: 'behind a message that is not sent for certain, none of its key is sent',
    change: { sendsBehindUnsent: true },
    configuration: 'O8-lost',
    breaks: ['P1'],
  },
  'left-for-fallback': {
    rule: 'a head that waits for its fallback task has left its place (so it was decided: those behind it may start)',
    change: { holdsPlaceForFallback: true },
    configuration: 'O11-small',
    breaks: ['P1'],
  },
  'group-by-key': {
    rule: 'a key is a group of its own',
    change: { orderGroupOf: () => 'all keys' },
    configuration: 'O10-small',
    breaks: ['P4'],
  },
} as const satisfies Record<string, OrderMutation>;

export type OrderMutationName = keyof typeof ORDER_MUTATIONS;

/** The row as a task without an ordering key has it. */
function unordered(row: TaskRow): TaskRow {
  const { ordering_key: _key, ...rest } = row;
  return rest;
}
