import * as z from 'zod';
import { defineTask } from './define-task.ts';

/** Gives its payload back, whatever it is. */
export const echo = defineTask({
  type: 'echo',
  input: z.unknown(),
  run: ({ payload }) => payload,
});
