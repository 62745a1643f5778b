import { CreateFunctionCommand, GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { zipOf } from '../../bench/throughput/zip-file.ts';
import { stageConfig } from '../../lib/config.ts';
import { awsClientSettings } from '../../local/aws-environment.ts';
import { deployment, output } from './emulator-clients.ts';

/** The function that tasks of the stage `local` may invoke. */
export const EXAMPLE_FUNCTION = stageConfig('local').lambdaInvoke.functions[0] ?? '';

const CODE = `exports.handler = async ({ n, fail }) => {
  if (fail !== undefined) throw new RangeError(fail);
  return { doubled: n * 2 };
};`;

/** Creates the function that answers `{ doubled }` for `{ n }`, and throws for `{ fail }`; one that is there stays. */
export async function createExampleFunction(): Promise<void> {
  const lambda = new LambdaClient(awsClientSettings(deployment().url));
  const { Role } = await lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName: output('DocsFunctionName') }),
  );
  try {
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName: EXAMPLE_FUNCTION,
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Role,
        Code: { ZipFile: zipOf('index.js', CODE) },
      }),
    );
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ResourceConflictException') throw error;
  }
}
