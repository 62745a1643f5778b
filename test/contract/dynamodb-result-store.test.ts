import { DynamoDbResultStore } from '../../functions/shared/adapters/dynamodb-result-store.ts';
import { backOff } from '../../functions/shared/container.ts';
import { dynamoDb } from '../support/emulator-clients.ts';
import { FixedClock } from '../support/fixed-clock.ts';
import { tableCopy } from '../support/table-copies.ts';
import { resultStoreContract } from './result-store-contract.ts';

const client = dynamoDb();
const copy = tableCopy(client, 'ResultsTable');

resultStoreContract(
  () => new DynamoDbResultStore({ client, table: copy.table, ...backOff, clock: new FixedClock() }),
);
