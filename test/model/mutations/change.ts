import type { Change } from '../../../core/changes/change.ts';
import type { RowWrite } from '../../../core/row-write.ts';
import { timerChange } from '../../../core/timer.ts';
import { CORE_RULES as core } from '../rules.ts';
import { type Mutation, notCounting, without } from './mutation.ts';

/** What users do. */
export const CHANGE_MUTATIONS = {
  'change-as-read': {
    rule: 'a change is written only to the very row that it was decided on',
    change: {
      patchChange: (row, patch, nowMs) => written(core.patchChange(row, patch, nowMs), unconditional),
      cancelChange: (row, terms) => written(core.cancelChange(row, terms), unconditional),
    },
    configuration: 'change-slow',
    breaks: ['S3', 'S5', 'S6', 'S7'],
  },
  'change-generation-as-read': {
    rule: 'nor to one that a sweep has given to the lane meanwhile',
    change: {
      patchChange: (row, patch, nowMs) =>
        written(core.patchChange(row, patch, nowMs), (write) => without(write, 'generation')),
    },
    configuration: 'patch-slow',
    breaks: ['S10'],
  },
  'cancel-request-fence': {
    rule: 'a cancel is requested only of the attempt that runs',
    change: {
      cancelChange: (row, terms) => {
        const change = core.cancelChange(row, terms);
        return row.status === 'processing' ? written(change, unconditional) : change;
      },
    },
    configuration: 'change-slow',
    breaks: ['S3', 'S6'],
  },
  'patch-generation': {
    rule: 'another time raises generation',
    change: {
      patchChange: (row, patch, nowMs) =>
        written(core.patchChange(row, patch, nowMs), (write) => notCounting(write, 'generation')),
    },
    configuration: 'sched-once',
    breaks: ['S1'],
  },
  'patch-timer': {
    rule: 'a PATCH that touches no time leaves the timer, and another timer raises generation',
    change: {
      patchChange: (row, patch, nowMs) =>
        written(core.patchChange(row, patch, nowMs), (write) => {
          const timer = timerChange(row, { ...row, ...write.set }, nowMs);
          const anew = {
            ...write,
            set: { ...write.set, ...timer.set },
            remove: [...(write.remove ?? []), ...timer.remove],
          };
          return notCounting(anew, 'generation');
        }),
    },
    configuration: 'patch-deadline',
    breaks: ['S1'],
  },
  'patch-cancelled': {
    rule: 'a task whose cancel was accepted cannot be put off',
    change: {
      patchChange: ({ cancel_requested: _cancel, ...row }, patch, nowMs) =>
        core.patchChange(row, patch, nowMs),
    },
    configuration: 'restart+cancel+patch',
    breaks: ['S6'],
  },
  'restart-generation': {
    rule: 'a restart raises generation',
    change: {
      restartChange: (row, nowMs) =>
        written(core.restartChange(row, nowMs), (write) => notCounting(write, 'generation')),
    },
    configuration: 'restart-once',
    breaks: [],
    why: 'the message that the running attempt holds would bring the task back when its visibility is over; with a generation of its own the next attempt starts at once',
  },
  'retry-generation': {
    rule: 'a manual retry raises generation',
    change: {
      retryByHandChange: (row, nowMs) =>
        written(core.retryByHandChange(row, nowMs), (write) => notCounting(write, 'generation')),
    },
    configuration: 'retry-once',
    breaks: ['S1', 'S8'],
  },
  'retry-life': {
    rule: 'the policy counts from the numbers at the manual retry',
    change: {
      retryByHandChange: (row, nowMs) => written(core.retryByHandChange(row, nowMs), settingNo('life')),
    },
    configuration: 'retry-once',
    breaks: ['S5'],
  },
  'retry-counted': {
    rule: 'a manual retry counts all errors of before',
    change: {
      retryByHandChange: (row, nowMs) => written(core.retryByHandChange(row, nowMs), settingNo('counted')),
    },
    configuration: 'deadline-retry',
    breaks: ['S5'],
  },
} as const satisfies Record<string, Mutation>;

function written(change: Change, rewrite: (write: RowWrite) => RowWrite): Change {
  return change.kind === 'write' ? { kind: 'write', write: rewrite(change.write) } : change;
}

function unconditional(write: RowWrite): RowWrite {
  return { ...write, expect: [] };
}

function settingNo(name: keyof RowWrite['set']): (write: RowWrite) => RowWrite {
  return (write) => {
    const set = Object.entries(write.set).filter(([other]) => other !== name);
    return { ...write, set: Object.fromEntries(set) as RowWrite['set'] };
  };
}
