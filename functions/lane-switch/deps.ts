import { DynamoDbLaneStates } from '../shared/adapters/dynamodb-lane-states.ts';
import { buildDynamoDbClient } from '../shared/container.ts';
import { parseEnv } from '../shared/env.ts';
import { buildLambdaClient } from '../shared/lambda-client.ts';
import { systemClock } from '../shared/system-clock.ts';
import { buildLogger } from '../shared/telemetry.ts';
import { envSchema } from './env.ts';
import type { LaneSwitchDeps } from './handler.ts';
import { LambdaLaneMappings } from './lambda-lane-mappings.ts';

export function buildDeps(variables: NodeJS.ProcessEnv): LaneSwitchDeps {
  const env = parseEnv(envSchema, variables);
  return {
    states: new DynamoDbLaneStates(buildDynamoDbClient(), env.CONTROL_TABLE),
    mappings: new LambdaLaneMappings(buildLambdaClient(), env.LANE_MAPPINGS),
    clock: systemClock,
    logger: buildLogger(),
  };
}
