import * as z from 'zod';
import { defineTask } from './define-task.ts';

/**
 * Lets many decide one thing: the first proposal under a key is the decision, and all are told it. It is kept in
 * the memory of the task's agent, or in the one that all share.
 */
export const decideOnce = defineTask({
  type: 'decide_once',
  input: z.strictObject({ key: z.string(), proposal: z.unknown() }),
  run: async ({ payload: { key, proposal }, task, memory }) => {
    const own = task.agent_id === null ? memory.shared : memory;
    const known = await own.get(key);
    if (known !== undefined) return { decision: known.value };
    // Whoever was quicker makes this fail with `version_mismatch`, and the next attempt reads their decision.
    const { value } = await own.put(key, proposal, { ifAbsent: true });
    return { decision: value };
  },
});
