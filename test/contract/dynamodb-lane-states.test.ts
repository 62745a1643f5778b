import { DynamoDbLaneStates } from '../../functions/shared/adapters/dynamodb-lane-states.ts';
import { dynamoDb } from '../support/emulator-clients.ts';
import { tableCopy } from '../support/table-copies.ts';
import { laneStatesContract } from './lane-states-contract.ts';

const client = dynamoDb();
const control = tableCopy(client, 'ControlTable');

laneStatesContract(() => new DynamoDbLaneStates(client, control.table));
