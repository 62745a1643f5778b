import * as z from 'zod';
import { TaskError } from '../../../../core/task-error.ts';
import { defineTask } from '../../../../functions/tasks/define-task.ts';

/** Charges a card, and knows which of its failures are worth what. */
export const chargeCard = defineTask({
  type: 'charge_card',
  input: z.strictObject({ card: z.string(), amount: z.number().positive() }),
  run: ({ payload: { card, amount }, task }) => {
    // Whoever is called recognises a second call by this key: a handler may run twice.
    const key = `${task.task_id}-charge`;
    if (card === 'stolen') throw new TaskError('card_refused', 'the bank refuses the card');
    if (card === 'slow') throw new TaskError('bank_busy', 'the bank asks for patience');
    if (amount > 1000) throw new TaskError('half_booked', 'booked, and not confirmed');
    return { charged: amount, key };
  },
  onError: (error, { failures, policy, failure }) => {
    switch (error instanceof TaskError ? error.code : failure.code) {
      case 'card_refused':
        return { action: 'fail' };
      case 'bank_busy':
        return { action: 'retry', delaySeconds: 60 };
      case 'half_booked':
        return { action: 'compensate' };
      default:
        return failures < policy.max_attempts
          ? undefined
          : { action: 'fall_back', value: { charged: 0, key: null } };
    }
  },
});
