import fc from 'fast-check';
import { expect, it } from 'vitest';
import { InMemoryTaskStore } from '../support/in-memory-task-store.ts';
import { anyCommand } from './commands.ts';
import { runHistory } from './run-history.ts';

/** `npm run histories` runs thousands. */
const RUNS = Number(process.env.TASKLANE_HISTORIES ?? 200);

it('whatever is asked, dies or comes twice, every task ends, once, and as it should', async () => {
  let ended = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyCommand, { minLength: 10, maxLength: 40, size: 'max' }),
      async (commands) => {
        const world = await runHistory(new InMemoryTaskStore(), commands);
        ended += world.tasks.taskIds.size;
      },
    ),
    { numRuns: RUNS },
  );
  expect(ended).toBeGreaterThan(0);
}, 600_000);
