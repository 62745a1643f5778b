import { crashesOf } from '../../core/crashes.ts';
import type { Expectation, RowWrite } from '../../core/row-write.ts';
import { FATE_ACKNOWLEDGE } from '../../core/usecases/message-fate.ts';
import type { ConfigurationName } from './configurations.ts';
import type { PropertyId } from './properties.ts';
import { CORE_RULES as core, type Rules } from './rules.ts';
import { HANDLER_FAILURE } from './world.ts';

/** A rule of the protocols, how the decisions look without it, and what that breaks. */
export interface Mutation {
  /** The rule that is taken out. */
  readonly rule: string;
  readonly change: Partial<Rules>;
  /** A small configuration that shows it. */
  readonly configuration: ConfigurationName;
  /** Every property that breaks there, S1 where all of it can be explored. */
  readonly breaks: readonly PropertyId[];
  /** Why a rule whose removal breaks nothing is there all the same. */
  readonly why?: string;
}

/** Each rule that is in place, taken out alone. */
export const MUTATIONS = {
  'highest-generation': {
    rule: 'one claim a row, with the highest generation among its messages',
    change: {
      groupByTask: (messages) =>
        core.groupByTask(messages).map(({ all, message }) => ({
          all,
          message: all.reduce((best, next) => (next.generation < best.generation ? next : best), message),
        })),
    },
    configuration: 'lost',
    breaks: ['S1', 'S8'],
  },
  'claim-generation': {
    rule: 'a claim is conditional on the generation of its message',
    change: { claimWrite: (message, terms) => without(core.claimWrite(message, terms), 'generation') },
    configuration: 'lost',
    breaks: [],
    why: 'an old message may as well claim a due retry; it matters once a task can be moved to another lane, rescheduled, restarted or retried by hand',
  },
  'claim-claimable': {
    rule: 'a claim is conditional on claimable_at',
    change: { claimWrite: (message, terms) => without(core.claimWrite(message, terms), 'claimable_at') },
    configuration: 'lost',
    breaks: ['S5', 'S7'],
  },
  'claim-attempt': {
    rule: 'a claim raises attempt',
    change: {
      claimWrite: (message, terms) => {
        const write = core.claimWrite(message, terms);
        return { ...write, increment: write.increment.filter((name) => name !== 'attempt') };
      },
    },
    configuration: 'lost',
    breaks: ['S2', 'S5'],
  },
  'claim-status': {
    rule: 'a claim is conditional on a state that it may be made from',
    change: { claimWrite: (message, terms) => without(core.claimWrite(message, terms), 'status') },
    configuration: 'lost',
    breaks: [],
    why: 'claimable_at of an ended row refuses the claim too; see unguarded-end',
  },
  'claim-lease': {
    rule: 'a claim writes the end of its lease',
    change: {
      claimWrite: (message, terms) => {
        const write = core.claimWrite(message, terms);
        return { ...write, set: { ...write.set, claimable_at: terms.nowMs } };
      },
    },
    configuration: 'dup-once',
    breaks: ['S6', 'S7'],
  },
  'own-lease-id': {
    rule: 'a claim that is refused by its own lease_id goes on',
    change: {
      judgeClaim: (outcome, message, _lease, nowMs) => core.judgeClaim(outcome, message, 'none', nowMs),
    },
    configuration: 'lost',
    breaks: ['S5'],
  },
  'refused-claim-puts-back': {
    rule: 'a claim that is refused by a live lease or a due time puts its message back',
    change: {
      judgeClaim: (outcome, message, leaseId, nowMs) => {
        const verdict = core.judgeClaim(outcome, message, leaseId, nowMs);
        const isRefused = outcome?.kind === 'refused' && verdict.kind === 'not_claimed';
        return isRefused ? { kind: 'not_claimed', fate: FATE_ACKNOWLEDGE } : verdict;
      },
    },
    configuration: 'lost',
    breaks: ['S1', 'S8'],
  },
  'unconfirmed-claim-leaves-message': {
    rule: 'a claim that is not confirmed leaves its message',
    change: {
      judgeClaim: (outcome, message, leaseId, nowMs) =>
        outcome?.kind === 'unconfirmed'
          ? { kind: 'not_claimed', fate: FATE_ACKNOWLEDGE }
          : core.judgeClaim(outcome, message, leaseId, nowMs),
    },
    configuration: 'lost',
    breaks: ['S1', 'S8'],
  },
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
  'result-before-finish': {
    rule: 'only attempts whose result is confirmed are finished',
    change: { confirmedOnly: (ended) => [...ended] },
    configuration: 'lost',
    breaks: ['S2', 'S5'],
  },
  'finish-attempt': {
    rule: 'a finish is conditional on the attempt (the fence)',
    change: {
      finishWrite: (row, outcome, terms) => without(core.finishWrite(row, outcome, terms), 'attempt'),
    },
    configuration: 'express-stall',
    breaks: ['S6', 'S7'],
  },
  'finish-processing': {
    rule: 'a finish is conditional on `processing`',
    change: {
      finishWrite: (row, outcome, terms) => without(core.finishWrite(row, outcome, terms), 'status'),
    },
    configuration: 'lost',
    breaks: ['S3', 'S4', 'S5', 'S7'],
  },
  'finish-generation': {
    rule: 'a retry raises generation',
    change: {
      finishWrite: (row, outcome, terms) => {
        const write = core.finishWrite(row, outcome, terms);
        return { ...write, increment: write.increment.filter((name) => name !== 'generation') };
      },
    },
    configuration: 'lost',
    breaks: ['S1', 'S8'],
  },
  'finish-never-claimable': {
    rule: 'an ended row is never claimable again',
    change: {
      finishWrite: (row, outcome, terms) => claimableOnceEnded(core.finishWrite(row, outcome, terms)),
    },
    configuration: 'lost',
    breaks: [],
    why: 'the table of transitions refuses the claim too; see unguarded-end',
  },
  'unguarded-end': {
    rule: 'an ended row cannot be claimed: by claimable_at, and by the table of transitions',
    change: {
      claimWrite: (message, terms) => without(core.claimWrite(message, terms), 'status'),
      finishWrite: (row, outcome, terms) => claimableOnceEnded(core.finishWrite(row, outcome, terms)),
    },
    configuration: 'lost',
    breaks: ['S3'],
  },
  'refused-finish-leaves-message': {
    rule: 'a finish that is refused by the same generation leaves the message',
    change: {
      fateOfFinish: (outcome, generation) =>
        outcome?.kind === 'refused' ? FATE_ACKNOWLEDGE : core.fateOfFinish(outcome, generation),
    },
    configuration: 'deaths-once',
    breaks: ['S1', 'S8'],
  },
  'unconfirmed-finish-leaves-message': {
    rule: 'a finish that is not confirmed leaves the message',
    change: {
      fateOfFinish: (outcome, generation) =>
        outcome?.kind === 'unconfirmed' ? FATE_ACKNOWLEDGE : core.fateOfFinish(outcome, generation),
    },
    configuration: 'lost',
    breaks: ['S1', 'S8'],
  },
  'dispatch-generation': {
    rule: 'the dispatcher sends whenever generation has changed',
    change: { followUpsOf: (row, previous) => (previous === undefined ? core.followUpsOf(row) : []) },
    configuration: 'lost',
    breaks: ['S1'],
  },
  'delay-cap': {
    rule: 'no message is sent with a delay above SQS’s 900 s',
    change: { sendDelaySeconds: ({ dueAtMs }, nowMs) => Math.ceil(Math.max(0, dueAtMs - nowMs) / 1000) },
    configuration: 'skew',
    breaks: ['S1'],
  },
  'send-delay': {
    rule: 'a message is sent with the delay until it is due',
    change: { sendDelaySeconds: () => 0 },
    configuration: 'lost',
    breaks: [],
    why: 'a message that comes early is put back until it is due: a receive more, nothing else',
  },
  'express-net': {
    rule: 'the dispatcher sends its copy of an express message too',
    change: {
      followUpsOf: (row, previous) =>
        core.followUpsOf(row, previous).filter((followUp) => followUp.kind !== 'send' || !followUp.express),
    },
    configuration: 'express-once',
    breaks: ['S1'],
  },
  'redo-by-row': {
    rule: 'redo does what follows from the row, whatever changed it',
    change: { redoFollowUps: (row) => core.followUpsOf(row, row) },
    configuration: 'redo-once',
    breaks: ['S1'],
  },
  'dead-letter-results': {
    rule: 'dead-letter reads the results before it fails a task',
    change: { judgeDeadLetter: (row, message, terms) => core.judgeDeadLetter(row, message, terms, []) },
    configuration: 'dlq-once',
    breaks: ['S9'],
  },
  'dead-letter-claimable': {
    rule: 'dead-letter leaves a task whose lease lives, or that is not due',
    change: {
      judgeDeadLetter: (row, message, terms, results) => {
        const judged = core.judgeDeadLetter(
          row && { ...row, claimable_at: Math.min(row.claimable_at, terms.nowMs) },
          message,
          terms,
          results,
        );
        return judged.kind === 'write'
          ? { kind: 'write', write: without(judged.write, 'claimable_at') }
          : judged;
      },
    },
    configuration: 'dlq-once',
    breaks: ['S6', 'S7'],
  },
  'dead-letter-puts-back': {
    rule: 'a dead letter whose task is not claimable goes back until it is',
    change: {
      judgeDeadLetter: (row, message, terms, results) => {
        const judged = core.judgeDeadLetter(row, message, terms, results);
        return judged.kind === 'put_back' ? { kind: 'drop' } : judged;
      },
    },
    configuration: 'dlq-once',
    breaks: ['S1', 'S8'],
  },
  'dead-letter-generation': {
    rule: 'a dead letter of an old generation is dropped',
    change: {
      judgeDeadLetter: (row, message, terms, results) =>
        core.judgeDeadLetter(
          row,
          { ...message, generation: row?.generation ?? message.generation },
          terms,
          results,
        ),
    },
    configuration: 'dlq-once',
    breaks: ['S9'],
  },
  'dead-letter-attempt': {
    rule: 'what dead-letter writes is conditional on the attempt whose results it has read',
    change: {
      judgeDeadLetter: (row, message, terms, results) => {
        const judged = core.judgeDeadLetter(row, message, terms, results);
        return judged.kind === 'write' ? { kind: 'write', write: without(judged.write, 'attempt') } : judged;
      },
    },
    configuration: 'dlq-once',
    breaks: [],
    why: 'claimable_at <= the time of the look refuses whatever a claim has changed since; as long as clocks differ by less than a lease',
  },
} as const satisfies Record<string, Mutation>;

export type MutationName = keyof typeof MUTATIONS;

/** A finish that leaves an ended row claimable. */
function claimableOnceEnded(write: RowWrite): RowWrite {
  return write.set.expires_at === undefined ? write : { ...write, set: { ...write.set, claimable_at: 0 } };
}

/** A write without its expectations on an attribute. */
function without(write: RowWrite, attribute: Expectation['attribute']): RowWrite {
  return { ...write, expect: write.expect.filter((expectation) => expectation.attribute !== attribute) };
}
