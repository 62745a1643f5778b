import { FATE_ACKNOWLEDGE, FATE_REPORT } from '../../../core/usecases/message-fate.ts';
import { CORE_RULES as core } from '../rules.ts';
import { claimableOnceEnded, type Mutation, notCounting, without } from './mutation.ts';

/** Result, then finish. */
export const FINISH_MUTATIONS = {
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
        return notCounting(core.finishWrite(row, outcome, terms), 'generation');
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
  'released-generation': {
    rule: 'a claim that is given back raises generation',
    change: {
      finishWrite: (row, outcome, terms) => {
        const write = core.finishWrite(row, outcome, terms);
        return outcome.kind === 'released' ? notCounting(write, 'generation') : write;
      },
    },
    configuration: 'circuit',
    breaks: ['S1', 'S8'],
  },
  'no-cancel': {
    rule: 'no finish writes `failed` or `retrying` over an accepted cancel',
    change: {
      finishWrite: (row, outcome, terms) =>
        without(core.finishWrite(row, outcome, terms), 'cancel_requested'),
    },
    configuration: 'cancel-once',
    breaks: ['S6'],
  },
  'cancel-instead': {
    rule: 'a finish that is refused for a cancel is written as that cancel',
    change: {
      fateOfFinish: (outcome, mine) => {
        const fate = core.fateOfFinish(outcome, mine);
        return fate.kind === 'cancel_instead' ? FATE_REPORT : fate;
      },
    },
    configuration: 'cancel-once',
    breaks: ['S5'],
  },
} as const satisfies Record<string, Mutation>;
