import type { Submission } from '../core/submission.ts';

/** The task that every figure "per task" is about: an echo of a small payload, all else by default. */
export const REFERENCE_TASK = {
  type: 'echo',
  payload: { order: 'o-20261121-000742', customer: 'c-104217', amount: 129.9, currency: 'EUR' },
} as const satisfies Submission;
