import { MAX_DELAY_SECONDS } from '../../../core/lane-delay.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import { CORE_RULES as core } from '../rules.ts';
import { type Mutation, notCounting, without } from './mutation.ts';

/** Due times, deadlines, and the sweep. */
export const TIMER_MUTATIONS = {
  'timers-by-row': {
    rule: 'the row tells what is left to the timers, not the dispatcher’s clock',
    change: {
      followUpsOf: (row, previous) => core.followUpsOf(withoutTimer(row), previous),
      redoFollowUps: (row) => core.followUpsOf(withoutTimer(row)),
      // More than SQS takes: it is not sent.
      sendDelaySeconds: (send, nowMs) =>
        send.dueAtMs > nowMs + MAX_DELAY_SECONDS * 1000
          ? MAX_DELAY_SECONDS + 1
          : core.sendDelaySeconds(send, nowMs),
    },
    configuration: 'skew',
    breaks: ['S1'],
  },
  'sweep-generation': {
    rule: 'a sweep that gives a due time to the lane raises generation',
    change: {
      sweepWrite: (row, terms) => {
        const write = core.sweepWrite(row, terms);
        return write && notCounting(write, 'generation');
      },
    },
    configuration: 'sched-once',
    breaks: ['S1'],
  },
  'sweep-sends': {
    rule: 'the dispatcher sends what the sweep gives to the lane, and not the sweep itself',
    change: {
      sweepWrite: (row, terms) => {
        const write = core.sweepWrite(row, terms);
        return write && notCounting(write, 'generation');
      },
      sweepFollowUps: (row) => core.followUpsOf(withoutTimer(row)),
    },
    configuration: 'sched-sweepA',
    breaks: [],
    why: 'it holds too, but only as the sweep looks less far ahead than SQS delays; and it would be a second thing that sends',
  },
  'sweep-row-as-read': {
    rule: 'the sweep writes only to the very row that it has read, not to any with the same timer',
    change: {
      sweepWrite: (row, terms) => {
        const write = core.sweepWrite(row, terms);
        if (write === undefined || row.timer_at === undefined) return write;
        const timer = { attribute: 'timer_at', equals: row.timer_at } as const;
        const kept = without(write, 'version', 'generation', 'claimable_at');
        return { ...kept, expect: [...kept.expect, timer] };
      },
    },
    configuration: 'deadline-any',
    breaks: ['S10'],
  },
  'sweep-deadline-as-read': {
    rule: 'nor to one that has the same timer and state, but another deadline',
    change: {
      sweepWrite: (row, terms) => {
        const write = core.sweepWrite(row, terms);
        if (write === undefined || row.timer_at === undefined) return write;
        const timer = { attribute: 'timer_at', equals: row.timer_at } as const;
        const status = { attribute: 'status', oneOf: [row.status] } as const;
        const kept = without(write, 'version', 'generation', 'claimable_at');
        return { ...kept, expect: [...kept.expect, timer, status] };
      },
    },
    configuration: 'patch-deadline',
    breaks: ['S10'],
  },
  'sweep-leaves-running': {
    rule: 'the sweep leaves a running task to its executor and its lease',
    change: {
      sweepWrite: (row, terms) =>
        core.sweepWrite(row.status === 'processing' ? { ...row, status: 'queued' } : row, terms),
    },
    configuration: 'deadline-any',
    breaks: ['S10'],
  },
  'sweep-cancel': {
    rule: 'the sweep cancels a task whose cancel was accepted, also when its deadline has passed',
    change: {
      sweepWrite: (row, terms) => {
        const { cancel_requested: _cancel, ...kept } = row;
        const write = core.sweepWrite(kept, terms);
        return write && without(write, 'cancel_requested');
      },
    },
    configuration: 'deadline-restart',
    breaks: ['S6'],
  },
} as const satisfies Record<string, Mutation>;

function withoutTimer(row: TaskRow): TaskRow {
  const { timer_at: _timerAt, ...kept } = row;
  return kept;
}
