import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DynamoDbTaskStore } from '../../functions/shared/adapters/dynamodb-task-store.ts';
import { backOff } from '../../functions/shared/container.ts';
import { anyCommand } from '../histories/commands.ts';
import { runHistory } from '../histories/run-history.ts';
import { dynamoDb } from '../support/emulator-clients.ts';
import { tableCopy } from '../support/table-copies.ts';

/** `npm run histories` runs more. */
const RUNS = Number(process.env.TASKLANE_HISTORIES_ON_EMULATOR ?? 30);

const client = dynamoDb();
const tasks = tableCopy(client, 'TasksTable');

it('whatever is asked, dies, stalls or comes twice, every task ends, once, and as it should', async () => {
  let ended = 0;
  let histories = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyCommand, { minLength: 10, maxLength: 40, size: 'max' }),
      async (commands) => {
        histories += 1;
        const store = new DynamoDbTaskStore({ client, table: tasks.table, ...backOff });
        const world = await runHistory(store, commands, `${histories}`);
        ended += world.tasks.taskIds.size;
      },
    ),
    { numRuns: RUNS, endOnFailure: true },
  );
  console.log(`${histories} histories on DynamoDB, ${ended} tasks`);
  expect(ended).toBeGreaterThan(0);
}, 1_800_000);
