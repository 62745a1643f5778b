import type { BatchGetItemCommand, DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { MAX_TRIES } from '../../../../functions/shared/adapters/back-off.ts';
import { DynamoDbHourDirectory } from '../../../../functions/shared/adapters/dynamodb-hour-directory.ts';
import { DynamoDbTaskList } from '../../../../functions/shared/adapters/dynamodb-task-list.ts';
import { taskItem } from '../../../../functions/shared/adapters/task-item.ts';
import { aRow } from '../../../support/builders.ts';
import { FixedClock } from '../../../support/fixed-clock.ts';

const tables = { tasksTable: 'tasks', controlTable: 'control' };
const backOff = { clock: new FixedClock(), random: () => 0.5 };

describe('reading rows', () => {
  const rows = [aRow(), aRow(), aRow()];

  /** A table that answers so many keys of each call, and leaves the rest unprocessed. */
  function aTable(answeredKeys: number) {
    const calls: number[] = [];
    const client = {
      send: async ({ input }: BatchGetItemCommand) => {
        const keys = input.RequestItems?.tasks?.Keys ?? [];
        calls.push(keys.length);
        const answered = keys.slice(0, answeredKeys).map(({ task_id }) => task_id?.S);
        const left = keys.slice(answeredKeys);
        return {
          Responses: {
            tasks: rows.filter((row) => answered.includes(row.task_id)).map((row) => taskItem.encode(row)),
          },
          ...(left.length === 0 ? {} : { UnprocessedKeys: { tasks: { Keys: left } } }),
        };
      },
    } as unknown as DynamoDBClient;
    return { calls, list: new DynamoDbTaskList({ client, ...tables, ...backOff }) };
  }

  it('asks again for the keys that were not processed', async () => {
    const { list, calls } = aTable(1);
    const found = await list.rows(rows.map(({ task_id }) => task_id));
    expect([...found.values()]).toEqual(rows);
    expect(calls).toEqual([3, 2, 1]);
  });

  it('fails when they stay unprocessed', async () => {
    const { list, calls } = aTable(0);
    await expect(list.rows(rows.map(({ task_id }) => task_id))).rejects.toThrow('3 items could not be read');
    expect(calls).toHaveLength(MAX_TRIES);
  });
});

describe('announcing an hour', () => {
  /** A directory whose writes are answered by `answer`. */
  function aDirectory(answer: () => unknown = () => ({})) {
    const written: string[] = [];
    const client = {
      send: async ({ input }: UpdateItemCommand) => {
        written.push(`${input.Key?.sk?.S} ${input.ExpressionAttributeValues?.[':shards']?.N}`);
        return answer();
      },
    } as unknown as DynamoDBClient;
    return { written, hours: new DynamoDbHourDirectory(client, 'control', new FixedClock()) };
  }
  const refuse = (name: string) => () => {
    throw Object.assign(new Error(name), { name });
  };

  it('writes each hour once a process, also when somebody else had written it', async () => {
    for (const answer of [() => ({}), refuse('ConditionalCheckFailedException')]) {
      const { hours, written } = aDirectory(answer);
      for (const hour of ['2026-11-21T10', '2026-11-21T10', '2026-11-21T11']) await hours.announce(hour, 4);
      expect(written).toEqual(['2026-11-21T10 4', '2026-11-21T11 4']);
    }
  });

  it('fails, and writes again next time, when the write is not answered', async () => {
    const { hours, written } = aDirectory(refuse('ThrottlingException'));
    for (let n = 0; n < 2; n += 1)
      await expect(hours.announce('2026-11-21T10', 4)).rejects.toThrow('Throttling');
    expect(written).toHaveLength(2);
  });
});
