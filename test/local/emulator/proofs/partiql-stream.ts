import { BatchExecuteStatementCommand, ExecuteTransactionCommand } from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';
import { errorOf } from '../error-of.ts';
import type { Proof } from '../proof.ts';
import { inlineFunction, role, streamMapping, table } from '../resources.ts';

const logImages = `exports.handler = async ({ Records }) => {
  for (const { eventName, dynamodb: { OldImage, NewImage } } of Records) {
    console.log(JSON.stringify({ eventName, before: OldImage?.n?.N, after: NewImage?.n?.N }));
  }
};`;

export const partiqlStream: Proof = {
  patch: 'partiql_stream',
  states: 'each PartiQL write has a stream record with both images; a cancelled transaction has none',
  prove: async (aws) => {
    const name = 'proof-partiql-stream';
    const resources = {
      Role: role(),
      Table: table({ TableName: name }),
      Function: inlineFunction(logImages, { FunctionName: name }),
      Mapping: streamMapping(),
    };
    await aws.createStack(name, resources, {});
    const run = async (...Statements: string[]) => {
      for (const Statement of Statements) {
        await aws.dynamodb.send(new BatchExecuteStatementCommand({ Statements: [{ Statement }] }));
      }
    };

    const cancelled = aws.dynamodb.send(
      new ExecuteTransactionCommand({
        TransactStatements: [
          { Statement: `INSERT INTO "${name}" VALUE {'pk': 'b', 'n': 7}` },
          { Statement: `UPDATE "${name}" SET n = 8 WHERE pk = 'missing'` },
        ],
      }),
    );
    expect(await errorOf(cancelled)).toMatchObject({ message: expect.stringMatching(/cancel/i) });
    await run(
      `INSERT INTO "${name}" VALUE {'pk': 'a', 'n': 1}`,
      `UPDATE "${name}" SET n = 2 WHERE pk = 'a'`,
      `DELETE FROM "${name}" WHERE pk = 'a'`,
    );

    await aws.eventually(async () => {
      expect(await aws.logged(name)).toEqual([
        { eventName: 'INSERT', after: '1' },
        { eventName: 'MODIFY', before: '1', after: '2' },
        { eventName: 'REMOVE', before: '2' },
      ]);
    });
  },
};
