import { DynamoDbResultCache } from '../../functions/shared/adapters/dynamodb-result-cache.ts';
import { backOff } from '../../functions/shared/container.ts';
import { dynamoDb } from '../support/emulator-clients.ts';
import { tableCopy } from '../support/table-copies.ts';
import { resultCacheContract } from './result-cache-contract.ts';

const client = dynamoDb();
const copy = tableCopy(client, 'ControlTable');

resultCacheContract(() => new DynamoDbResultCache({ client, table: copy.table, ...backOff }));
