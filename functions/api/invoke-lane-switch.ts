import { TIMEOUTS } from '../shared/timeouts.ts';

/** Milliseconds for a cold start of the function, and for its calls of Lambda's control plane. */
const ANSWER_LIMIT_MS = 15_000;

/**
 * Has the lanes switched at once, by the function that does so each minute. Its client is loaded when it is first
 * needed, a few times a year. Throws when the function fails, or takes too long.
 */
export async function invokeLaneSwitch(FunctionName: string): Promise<void> {
  const { InvokeCommand, LambdaClient } = await import('@aws-sdk/client-lambda');
  const client = new LambdaClient({
    maxAttempts: 1,
    requestHandler: { ...TIMEOUTS, requestTimeout: ANSWER_LIMIT_MS },
  });
  const { FunctionError } = await client.send(new InvokeCommand({ FunctionName }));
  if (FunctionError !== undefined) throw new Error(`${FunctionName} has failed: ${FunctionError}`);
}
