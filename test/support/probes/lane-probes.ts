import { DeleteItemCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  GetEventSourceMappingCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { failure } from '../../../core/task-failure.ts';
import { awsClientSettings } from '../../../local/aws-environment.ts';
import { request } from '../api.ts';
import { aRow } from '../builders.ts';
import { demand } from '../demand.ts';
import { deployment, dynamoDb, output } from '../emulator-clients.ts';
import { invoke } from '../invoke.ts';
import { readRow } from '../table-scan.ts';
import { until } from '../until.ts';
import { putRow } from './probe-rows.ts';

const LANE = 'low';
const key = { pk: { S: 'lanes' }, sk: { S: LANE } };

const lambda = (): LambdaClient => new LambdaClient(awsClientSettings(deployment().url));

/** The states of the lane's mappings, one a pool. */
async function mappingStates(): Promise<readonly string[]> {
  const { Environment } = await lambda().send(
    new GetFunctionConfigurationCommand({ FunctionName: output('LaneSwitchFunctionName') }),
  );
  const { [LANE]: uuids = [] } = JSON.parse(Environment?.Variables?.LANE_MAPPINGS ?? '{}');
  const found = (uuids as string[]).map((UUID) => lambda().send(new GetEventSourceMappingCommand({ UUID })));
  return (await Promise.all(found)).map(({ State = '' }) => State);
}

const demandStates = async (state: string): Promise<void> => {
  const states = await mappingStates();
  demand(states.length === 2 && states.every((one) => one === state), `${LANE} is ${state}: ${states}`);
};

/** Pauses and resumes a lane over the API, and redrives it. */
export async function probeLaneRoutes(): Promise<void> {
  const operate = (verb: string) => request(`/queues/${LANE}/${verb}`, { method: 'POST', role: 'admin' });
  try {
    const { status, text } = await operate('pause');
    demand(status === 200, `a lane is paused: ${text}`);
    await demandStates('Disabled');
  } finally {
    await operate('resume');
  }
  await demandStates('Enabled');

  const error = failure('dead_lettered', 'received too often', false);
  const dead = await putRow({ ...aRow({ priority: 9 }), status: 'failed', failed_in: LANE, error });
  const { status, text } = await operate('redrive');
  demand(status === 200, `a lane is redriven: ${text}`);
  const isDone = async () => (await readRow(dead.task_id))?.status === 'completed';
  await until('a dead letter to complete', isDone, { withinMs: 10_000 });
}

/** Has a lane stopped and served by its states, and the state of one long resumed forgotten. */
export async function probeLaneSwitch(): Promise<void> {
  const TableName = output('ControlTable');
  const look = async (paused: boolean) => {
    const Item = { ...key, paused: { BOOL: paused }, changed_at: { N: '0' } };
    await dynamoDb().send(new PutItemCommand({ TableName, Item }));
    await invoke('LaneSwitchFunctionName', {});
  };
  try {
    await look(true);
    await demandStates('Disabled');
    await look(false);
    await demandStates('Enabled');
    await invoke('LaneSwitchFunctionName', {});
    const { Item } = await dynamoDb().send(new GetItemCommand({ TableName, Key: key, ConsistentRead: true }));
    demand(Item === undefined, 'the state of a lane that is served again is forgotten');
  } finally {
    await dynamoDb().send(new DeleteItemCommand({ TableName, Key: key }));
  }
}
