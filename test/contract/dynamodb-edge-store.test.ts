import { DynamoDbEdgeStore } from '../../functions/shared/adapters/dynamodb-edge-store.ts';
import { backOff } from '../../functions/shared/container.ts';
import { dynamoDb } from '../support/emulator-clients.ts';
import { tableCopy } from '../support/table-copies.ts';
import { edgeStoreContract } from './edge-store-contract.ts';

const client = dynamoDb();
const copy = tableCopy(client, 'ControlTable');

edgeStoreContract(() => new DynamoDbEdgeStore({ client, table: copy.table, ...backOff }));
