import { crashesOf } from '../../../core/crashes.ts';
import { CORE_RULES as core } from '../rules.ts';
import { HANDLER_FAILURE } from '../world.ts';
import type { Mutation } from './mutation.ts';

/** What a claimed row is looked at for before anything runs. */
export const LOOK_MUTATIONS = {
  'read-results': {
    rule: 'a claim after a crash reads the results',
    change: { lookAtClaim: (row, nowMs) => core.lookAtClaim(row, nowMs, []) },
    configuration: 'lost',
    breaks: ['S5', 'S7'],
  },
  'all-results': {
    rule: 'it reads the results of all attempts, not only of the one before',
    change: {
      lookAtClaim: (row, nowMs, results) =>
        core.lookAtClaim(
          row,
          nowMs,
          results?.filter(({ attempt }) => attempt === row.attempt - 1),
        ),
    },
    configuration: 'five',
    breaks: ['S7'],
  },
  'success-first': {
    rule: 'a stored success comes before a stored error',
    change: {
      lookAtClaim: (row, nowMs, results) => {
        const errors = core.lookAtClaim(
          row,
          nowMs,
          results?.filter(({ succeeded }) => !succeeded),
        );
        return errors.kind === 'adopt_failure' ? errors : core.lookAtClaim(row, nowMs, results);
      },
    },
    configuration: 'deaths-once',
    breaks: ['S9'],
  },
  'adopt-error': {
    rule: 'the stored error of an attempt that crashed is counted',
    change: {
      lookAtClaim: (row, nowMs, results) => {
        const look = core.lookAtClaim(row, nowMs, results);
        return look.kind === 'adopt_failure' ? { kind: 'run' } : look;
      },
    },
    configuration: 'lost',
    breaks: ['S5'],
  },
  counted: {
    rule: 'an error is counted once: none up to `counted` again',
    change: {
      lookAtClaim: (row, nowMs, results) => core.lookAtClaim({ ...row, counted: 0 }, nowMs, results),
    },
    configuration: 'lost',
    breaks: ['S5'],
  },
  'crash-is-no-failure': {
    rule: 'a crash uses up none of the caller’s attempts',
    change: {
      lookAtClaim: (row, nowMs, results) => {
        const look = core.lookAtClaim(row, nowMs, results);
        return look.kind === 'run' && crashesOf(row) > 0
          ? { kind: 'adopt_failure', failure: HANDLER_FAILURE }
          : look;
      },
    },
    configuration: 'lost',
    breaks: ['S5'],
  },
  'crash-limit': {
    rule: 'a task fails after so many crashes',
    change: {
      lookAtClaim: (row, nowMs, results) => {
        const look = core.lookAtClaim(row, nowMs, results);
        return look.kind === 'fail' ? { kind: 'run' } : look;
      },
    },
    configuration: 'killer',
    breaks: ['S5'],
  },
  'start-on-live-lease': {
    rule: 'a handler starts only while the lease lives by the executor’s own clock',
    change: { mayStart: () => true },
    configuration: 'express-stall',
    breaks: ['S6', 'S7'],
  },
  'look-cancel': {
    rule: 'a task whose cancel was accepted does not run',
    change: {
      lookAtClaim: (row, nowMs, results) => {
        const look = core.lookAtClaim(row, nowMs, results);
        return look.kind === 'cancel' ? { kind: 'run' } : look;
      },
    },
    configuration: 'cancel-once',
    breaks: ['S6'],
  },
  'look-deadline': {
    rule: 'a task whose deadline has passed does not run',
    change: {
      lookAtClaim: (row, nowMs, results) => {
        const { deadline: _deadline, ...timeless } = row;
        return core.lookAtClaim(timeless, nowMs, results);
      },
    },
    configuration: 'deadline-any',
    breaks: ['S10'],
  },
  released: {
    rule: 'a claim that was given back is no crash',
    change: {
      lookAtClaim: (row, nowMs, results) => core.lookAtClaim({ ...row, released: 0 }, nowMs, results),
    },
    configuration: 'circuit',
    breaks: ['S5'],
  },
} as const satisfies Record<string, Mutation>;
