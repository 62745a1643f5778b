import { BatchExecuteStatementCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';
import { errorOf } from '../error-of.ts';
import type { Proof } from '../proof.ts';
import { table } from '../resources.ts';

export const partiqlDistinctKeys: Proof = {
  patch: 'partiql_distinct_keys',
  states: 'a batch whose statements repeat a key is refused as a whole',
  prove: async (aws) => {
    const TableName = 'proof-distinct-keys';
    await aws.createStack(TableName, { Table: table({ TableName }) }, {});
    const insert = (key: string) => ({
      Statement: `INSERT INTO "${TableName}" VALUE {'pk': ?}`,
      Parameters: [{ S: key }],
    });
    const update = { Statement: `UPDATE "${TableName}" SET n = 1 WHERE pk = ?`, Parameters: [{ S: 'a' }] };
    const run = (...Statements: { Statement: string; Parameters: { S: string }[] }[]) =>
      aws.dynamodb.send(new BatchExecuteStatementCommand({ Statements }));

    expect(await errorOf(run(insert('a'), insert('b'), update))).toMatchObject({
      name: 'ValidationException',
    });
    expect((await aws.dynamodb.send(new ScanCommand({ TableName }))).Count).toBe(0);
    await run(insert('a'), insert('b'));
    expect((await aws.dynamodb.send(new ScanCommand({ TableName }))).Count).toBe(2);
  },
};
