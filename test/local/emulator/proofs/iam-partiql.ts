import { BatchExecuteStatementCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';
import { errorOf } from '../error-of.ts';
import type { Proof } from '../proof.ts';
import { table } from '../resources.ts';
import { allow, settingsOfUser } from '../user.ts';

export const iamPartiql: Proof = {
  patch: 'iam_partiql',
  states: 'a PartiQL statement needs its verb on its table',
  prove: async (aws) => {
    const Table = table({ TableName: 'proof-partiql-grants' });
    await aws.createStack('proof-iam-partiql', { Table }, {});
    const statement = allow('dynamodb:PartiQLInsert', 'arn:aws:dynamodb:*:*:table/proof-partiql-grants');
    const dynamodb = new DynamoDBClient(await settingsOfUser(aws, 'proof-partiql', [statement]));
    const run = (Statement: string) =>
      dynamodb.send(
        new BatchExecuteStatementCommand({ Statements: [{ Statement, Parameters: [{ S: 'a' }] }] }),
      );

    const inserted = await run(`INSERT INTO "proof-partiql-grants" VALUE {'pk': ?}`);
    expect(inserted.Responses?.[0]?.Error).toBeUndefined();
    expect(await errorOf(run('DELETE FROM "proof-partiql-grants" WHERE pk = ?'))).toMatchObject({
      message: expect.stringMatching(/PartiQLDelete/),
    });
    expect(await errorOf(run(`INSERT INTO "proof-other-table" VALUE {'pk': ?}`))).toMatchObject({
      message: expect.stringMatching(/not authorized/),
    });
  },
};
