import { BatchWriteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { claimWrite } from '../../../../core/claim.ts';
import { MAX_TRIES } from '../../../../functions/shared/adapters/back-off.ts';
import { putItems } from '../../../../functions/shared/adapters/put-items.ts';
import { insertStatement, updateStatement } from '../../../../functions/shared/adapters/row-statements.ts';
import { runStatements } from '../../../../functions/shared/adapters/run-statements.ts';
import { sendEntries } from '../../../../functions/shared/adapters/send-entries.ts';
import { aRow } from '../../../support/builders.ts';
import { FixedClock } from '../../../support/fixed-clock.ts';

const backOff = { clock: new FixedClock(), random: () => 0.5 };

/** A client that answers each call by the next of these, the last one for ever; it keeps what it was asked. */
function answering<Client>(...answers: ((input: never) => unknown)[]) {
  const inputs: never[] = [];
  const client = {
    send: async (command: { input: never }) => {
      const answer = answers[Math.min(inputs.length, answers.length - 1)];
      inputs.push(command.input);
      return answer?.(command.input);
    },
  };
  return { client: client as unknown as Client, inputs };
}

const down = () => {
  throw new Error('connection reset');
};

describe('statements', () => {
  const statements = ['a', 'b', 'c'].map((name) => ({ Statement: name }));

  it('repeats only those that were throttled, and keeps each answer at its place', async () => {
    const { client, inputs } = answering<DynamoDBClient>(
      () => ({
        Responses: [
          {},
          { Error: { Code: 'ThrottlingError' } },
          { Error: { Code: 'ConditionalCheckFailed', Item: { n: { N: '1' } } } },
        ],
      }),
      () => ({ Responses: [{ Error: { Code: 'DuplicateItem' } }] }),
    );
    expect(await runStatements(client, backOff, statements)).toEqual([
      { kind: 'done', item: undefined },
      { kind: 'duplicate' },
      { kind: 'refused', item: { n: { N: '1' } } },
    ]);
    expect(inputs).toEqual([{ Statements: statements }, { Statements: [{ Statement: 'b' }] }]);
  });

  it('are unconfirmed when they stay throttled, or the call fails each time', async () => {
    const throttled = answering<DynamoDBClient>(() => ({
      Responses: [{ Error: { Code: 'RequestLimitExceeded', Message: 'slow down' } }],
    }));
    const [outcome] = await runStatements(throttled.client, backOff, statements.slice(0, 1));
    expect(outcome).toEqual({ kind: 'unconfirmed', reason: 'RequestLimitExceeded: slow down' });
    expect(throttled.inputs).toHaveLength(MAX_TRIES);

    const broken = answering<DynamoDBClient>(down);
    const outcomes = await runStatements(broken.client, backOff, statements);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['unconfirmed', 'unconfirmed', 'unconfirmed']);
  });

  it('go 25 a call', async () => {
    const many = Array.from({ length: 60 }, (_, index) => ({ Statement: String(index) }));
    const { client, inputs } = answering<DynamoDBClient>((input: { Statements: [] }) => ({
      Responses: input.Statements.map(() => ({})),
    }));
    await runStatements(client, backOff, many);
    expect(inputs.map(({ Statements }: { Statements: unknown[] }) => Statements.length)).toEqual([
      25, 25, 10,
    ]);
  });
});

describe('puts', () => {
  const items = ['a', 'b', 'c'].map((id) => ({ task_id: { S: id }, attempt: { N: '1' } }));
  const left = (...ids: number[]) => ({
    UnprocessedItems: { table: ids.map((id) => ({ PutRequest: { Item: items[id] } })) },
  });

  it('repeats the items that were left unprocessed', async () => {
    const { client, inputs } = answering<DynamoDBClient>(
      () => left(1),
      down,
      () => ({}),
    );
    expect(await putItems(client, backOff, 'table', items)).toEqual([true, true, true]);
    expect(inputs.at(-1)).toEqual(
      new BatchWriteItemCommand({ RequestItems: left(1).UnprocessedItems }).input,
    );
  });

  it('tells which are not confirmed in the end', async () => {
    const { client } = answering<DynamoDBClient>(() => left(0, 2));
    expect(await putItems(client, backOff, 'table', items)).toEqual([false, true, false]);
  });
});

describe('messages', () => {
  it('are sent again where their entry failed, under their own id', async () => {
    const { client, inputs } = answering<SQSClient>(
      () => ({ Successful: [{ Id: '0' }], Failed: [{ Id: '1' }] }),
      () => ({ Successful: [{ Id: '1' }] }),
    );
    expect(await sendEntries(client, backOff, 'url', [{ MessageBody: 'x' }, { MessageBody: 'y' }])).toEqual([
      true,
      true,
    ]);
    expect(inputs[1]).toMatchObject({ Entries: [{ Id: '1', MessageBody: 'y' }] });
  });

  it('are unconfirmed when the queue does not answer', async () => {
    const { client } = answering<SQSClient>(down);
    expect(await sendEntries(client, backOff, 'url', [{ MessageBody: 'x' }])).toEqual([false]);
  });
});

describe('a row write as a statement', () => {
  it('has every value as a parameter, in order', () => {
    const row = aRow();
    const write = claimWrite(row, { nowMs: 1000, leaseMs: 50, leaseId: 'lease' });
    expect(updateStatement('tasks', write)).toEqual({
      Statement:
        'UPDATE "tasks" SET "status" = ? SET "claimable_at" = ? SET "lease_id" = ? ' +
        'SET "version" = "version" + 1 SET "attempt" = "attempt" + 1 SET "history" = list_append("history", ?) ' +
        'WHERE "task_id" = ? AND "generation" = ? AND "claimable_at" <= ? AND "status" IN [?, ?, ?, ?] RETURNING ALL NEW *',
      Parameters: [
        { S: 'processing' },
        { N: '1050' },
        { S: 'lease' },
        { L: [{ S: 'rsp claimed' }] },
        { S: row.task_id },
        { N: '1' },
        { N: '1000' },
        { S: 'scheduled' },
        { S: 'queued' },
        { S: 'processing' },
        { S: 'retrying' },
      ],
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
  });

  it('names no attribute that an insert does not have', () => {
    const { Statement = '', Parameters = [] } = insertStatement('tasks', aRow());
    expect(Statement.match(/\?/g)).toHaveLength(Parameters.length);
    expect(Statement).not.toContain('priority');
  });
});
