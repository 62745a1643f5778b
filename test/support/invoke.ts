import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { awsClientSettings } from '../../local/aws-environment.ts';
import { deployment, output } from './emulator-clients.ts';

/** Invokes a deployed function with an event of its own; the answer tells its payload and the tail of its log. */
export async function invoke(
  functionOutput: string,
  event: unknown,
): Promise<{ readonly payload: unknown; readonly log: string; readonly failed: boolean }> {
  const lambda = new LambdaClient(awsClientSettings(deployment().url));
  const answer = await lambda.send(
    new InvokeCommand({
      FunctionName: output(functionOutput),
      LogType: 'Tail',
      Payload: Buffer.from(JSON.stringify(event)),
    }),
  );
  return {
    payload: JSON.parse(Buffer.from(answer.Payload ?? []).toString() || 'null'),
    log: Buffer.from(answer.LogResult ?? '', 'base64').toString(),
    failed: answer.FunctionError !== undefined,
  };
}
