import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll } from 'vitest';
import { output } from './emulator-clients.ts';
import { copyTable } from './table-copy.ts';

/** A copy of the table that a stack output names, for the tests that are declared beside it; dropped after them. */
export function tableCopy(client: DynamoDBClient, tableOutput: string): { readonly table: string } {
  let copy: Awaited<ReturnType<typeof copyTable>>;
  beforeAll(async () => {
    copy = await copyTable(client, output(tableOutput));
  });
  afterAll(async () => {
    await copy.drop();
  });
  return {
    get table() {
      return copy.table;
    },
  };
}
