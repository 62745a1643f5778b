import { afterAll, beforeAll } from 'vitest';
import { DynamoDbLaneStates } from '../../functions/shared/adapters/dynamodb-lane-states.ts';
import { dynamoDb, output } from '../support/emulator-clients.ts';
import { copyTable } from '../support/table-copy.ts';
import { laneStatesContract } from './lane-states-contract.ts';

const client = dynamoDb();
let control: Awaited<ReturnType<typeof copyTable>>;

beforeAll(async () => {
  control = await copyTable(client, output('ControlTable'));
});
afterAll(() => control.drop());

laneStatesContract(() => new DynamoDbLaneStates(client, control.table));
