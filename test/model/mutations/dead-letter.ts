import type { TaskRow } from '../../../core/task-row.ts';
import { CORE_RULES as core } from '../rules.ts';
import { type Mutation, without } from './mutation.ts';

/** Messages that a lane gave up. */
export const DEAD_LETTER_MUTATIONS = {
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
  'dead-letter-cancel': {
    rule: 'dead-letter cancels a task whose cancel was accepted, also between its look and its write',
    change: {
      judgeDeadLetter: (row, message, terms, results) => {
        const judged = core.judgeDeadLetter(row && notCancelled(row), message, terms, results);
        return judged.kind === 'write'
          ? { kind: 'write', write: without(judged.write, 'cancel_requested') }
          : judged;
      },
    },
    configuration: 'dlq-cancel-once',
    breaks: ['S6'],
  },
} as const satisfies Record<string, Mutation>;

function notCancelled({ cancel_requested: _cancel, ...row }: TaskRow): TaskRow {
  return row;
}
