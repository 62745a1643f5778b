import { ExecuteStatementCommand } from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';
import type { Proof } from '../proof.ts';
import { table } from '../resources.ts';

export const partiqlListAppend: Proof = {
  patch: 'partiql_list_append',
  states: 'list_append adds to the end of a list in a PartiQL UPDATE',
  prove: async (aws) => {
    const name = 'proof-list-append';
    await aws.createStack(name, { Table: table({ TableName: name }) }, {});
    const run = (Statement: string, ...Parameters: { L: { S: string }[] }[]) =>
      aws.dynamodb.send(
        new ExecuteStatementCommand({ Statement, ...(Parameters.length > 0 && { Parameters }) }),
      );

    await run(`INSERT INTO "${name}" VALUE {'pk': 'a', 'list': ['one']}`);
    await run(`UPDATE "${name}" SET list = list_append(list, ?) WHERE pk = 'a'`, { L: [{ S: 'two' }] });
    const { Items: items } = await run(`SELECT list FROM "${name}" WHERE pk = 'a'`);
    expect(items?.[0]?.list).toEqual({ L: [{ S: 'one' }, { S: 'two' }] });
  },
};
