import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { awsClientSettings } from '../../local/aws-environment.ts';
import { deployment, output, sqs } from './emulator-clients.ts';

/** Lets leases of an executor last for 10 s, and sets more of its variables. Returns what undoes it. */
export async function shortenLease(
  functionOutput: string,
  more: Readonly<Record<string, string>> = {},
): Promise<() => Promise<void>> {
  const lambda = new LambdaClient(awsClientSettings(deployment().url));
  const FunctionName = output(functionOutput);
  const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const configure = async (changes: Record<string, string>) => {
    const Variables = { ...Environment?.Variables, ...changes };
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
  };
  await configure({ LEASE_SECONDS: '10', ...more });
  return () => configure({});
}

/** Has queues hide messages for so long, of the smallest pool for 90 s otherwise. */
export async function hideMessages(queueOutputs: readonly string[], seconds: number): Promise<void> {
  for (const queue of queueOutputs) {
    const Attributes = { VisibilityTimeout: String(seconds) };
    await sqs().send(new SetQueueAttributesCommand({ QueueUrl: output(queue), Attributes }));
  }
}
