import { SqsMessageHolder } from '../shared/adapters/sqs-message-holder.ts';
import {
  buildDynamoDbClient,
  buildResultStore,
  buildSqsClient,
  buildTaskStore,
} from '../shared/container.ts';
import { parseEnv } from '../shared/env.ts';
import { queueUrlOf } from '../shared/queue-of-event.ts';
import { systemClock } from '../shared/system-clock.ts';
import { buildLogger } from '../shared/telemetry.ts';
import { envSchema } from './env.ts';
import type { DeadLetterDeps } from './handler.ts';

export function buildDeps(variables: NodeJS.ProcessEnv): DeadLetterDeps {
  const env = parseEnv(envSchema, variables);
  const dynamoDb = buildDynamoDbClient();
  const sqs = buildSqsClient();
  const queueUrls = Object.values(env.DEAD_LETTER_QUEUE_URLS);
  return {
    tasks: buildTaskStore(dynamoDb, env.TASKS_TABLE),
    results: buildResultStore(dynamoDb, env.RESULTS_TABLE),
    messagesOf: (arn) => new SqsMessageHolder(sqs, queueUrlOf(arn, queueUrls)),
    clock: systemClock,
    retentionSeconds: env.RETENTION_SECONDS,
    logger: buildLogger(),
  };
}
