import { FATE_ACKNOWLEDGE } from '../../../core/usecases/message-fate.ts';
import { CORE_RULES as core } from '../rules.ts';
import { type Mutation, notCounting, without } from './mutation.ts';

/** The claim, its refusals, and what becomes of its messages. */
export const CLAIM_MUTATIONS = {
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
    configuration: 'patch-once',
    breaks: ['S9'],
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
        return notCounting(core.claimWrite(message, terms), 'attempt');
      },
    },
    configuration: 'lost',
    breaks: ['S5', 'S7'],
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
} as const satisfies Record<string, Mutation>;
