import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { FunctionReference } from '../../../core/function-reference.ts';

/** What an invoked function answered: text of its payload, and `Unhandled` or `Handled` where it has failed. */
export interface FunctionAnswer {
  readonly payload: string;
  readonly functionError?: string;
}

/** Invokes a function and waits for its answer. Rejects with what the SDK throws. */
export type InvokeFunction = (
  reference: FunctionReference,
  payload: unknown,
  signal: AbortSignal,
) => Promise<FunctionAnswer>;

/** The attempt's signal ends a call; a function may take up to 15 minutes, silently. */
const TIMEOUTS = { connectionTimeout: 1000, requestTimeout: 0, socketTimeout: 0 };

/**
 * Invokes functions by the SDK, which is loaded with the first of them. One try: whether there is another is the
 * retry policy's to say, since a function that timed out may have done its work.
 */
export function createInvokeFunction(): InvokeFunction {
  const clients = new Map<string | undefined, LambdaClient>();
  return async ({ functionName, region, qualifier }, payload, signal) => {
    const { InvokeCommand, LambdaClient: Client } = await import('@aws-sdk/client-lambda');
    const client =
      clients.get(region) ??
      new Client({ maxAttempts: 1, requestHandler: TIMEOUTS, ...(region === undefined ? {} : { region }) });
    clients.set(region, client);
    const answer = await client.send(
      new InvokeCommand({
        FunctionName: functionName,
        ...(qualifier === undefined ? {} : { Qualifier: qualifier }),
        InvocationType: 'RequestResponse',
        Payload: Buffer.from(JSON.stringify(payload)),
      }),
      { abortSignal: signal },
    );
    return {
      payload: Buffer.from(answer.Payload ?? []).toString('utf8'),
      ...(answer.FunctionError === undefined ? {} : { functionError: answer.FunctionError }),
    };
  };
}
