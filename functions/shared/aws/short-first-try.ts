import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { postJson } from './post-json.ts';
import { signedHeaders } from './sign-request.ts';

/** How a service names itself in signatures and operations. */
export interface JsonService {
  readonly name: string;
  readonly target: string;
}

export const DYNAMODB: JsonService = { name: 'dynamodb', target: 'DynamoDB_20120810' };
export const SQS: JsonService = { name: 'sqs', target: 'AmazonSQS' };

/** Commands whose input and output are the very JSON that is sent, as long as no value is binary. */
const COMMANDS: ReadonlySet<string> = new Set([
  'BatchExecuteStatementCommand',
  'BatchGetItemCommand',
  'BatchWriteItemCommand',
  'GetItemCommand',
  'QueryCommand',
  'SendMessageBatchCommand',
]);

/**
 * Lets the first try of a call go the short way: signed, sent, parsed, past the SDK's layers, which take most of
 * the CPU of a call. Whatever does not succeed at once goes the SDK's way from its beginning, with its tries and
 * its errors. So does the first call of each command: the SDK keeps what it has resolved for a command
 * (`cacheMiddleware`), and from that the short way knows the endpoint.
 */
export function withShortFirstTry<Client extends AwsClient>(client: Client, service: JsonService): Client {
  // Both clients take the same middleware; the compiler cannot know of a union that they do.
  const { middlewareStack } = client as DynamoDBClient;
  middlewareStack.add(
    (next, context) => async (args) => {
      // Filled by the SDK's own way, once: to be read at each call.
      const { endpointV2, commandName = '' } = context;
      if (endpointV2 === undefined || !COMMANDS.has(commandName)) return await next(args);
      const operation = `${service.target}.${commandName.slice(0, -'Command'.length)}`;
      const output = await firstTry(client.config, service, endpointV2.url, operation, args.input);
      return output === undefined ? await next(args) : { output: { ...output, $metadata: {} }, response: {} };
    },
    { step: 'initialize', name: 'shortFirstTry', priority: 'high' },
  );
  return client;
}

type AwsClient = DynamoDBClient | SQSClient;

/** The answer, or undefined for anything but success. */
async function firstTry(
  config: AwsClient['config'],
  { name: service }: JsonService,
  url: URL,
  operation: string,
  input: unknown,
): Promise<object | undefined> {
  try {
    const [credentials, region] = await Promise.all([config.credentials(), config.region()]);
    const body = JSON.stringify(input);
    const headers = {
      'content-type': 'application/x-amz-json-1.0',
      host: url.host,
      'x-amz-target': operation,
    };
    const signed = signedHeaders({ headers, body }, credentials, { region, service }, new Date());
    const answer = await postJson(url, { headers: { ...signed, ...traceHeader() }, body });
    return answer === undefined ? undefined : JSON.parse(answer);
  } catch {
    return undefined;
  }
}

/** By this Lambda sees functions that call each other in a circle, and stops them. */
function traceHeader(): Record<string, string> {
  const trace = process.env._X_AMZN_TRACE_ID;
  return trace === undefined || trace === '' ? {} : { 'x-amzn-trace-id': trace };
}
