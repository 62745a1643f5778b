import { LambdaClient } from '@aws-sdk/client-lambda';
import { TIMEOUTS } from './timeouts.ts';

/** For calls of the control plane, a few a day: the SDK's own tries and pauses will do. */
export const buildLambdaClient = (): LambdaClient => new LambdaClient({ requestHandler: TIMEOUTS });
