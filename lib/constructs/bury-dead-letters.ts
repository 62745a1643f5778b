import { Construct } from 'constructs';
import type { envSchema as deadLetterEnv } from '../../functions/dead-letter/env.ts';
import type { Environment } from '../../functions/shared/env.ts';
import { CONSUMER_TIMEOUT_SECONDS, FEW_MESSAGES } from '../consumer-limits.ts';
import { type Lanes, queueArns, queueUrlsText } from './lanes.ts';
import { mapQueue } from './queue-mapping.ts';
import { type FunctionContext, TaskFunction } from './task-function.ts';

export interface BuryDeadLettersProps extends FunctionContext {
  readonly lanes: Lanes;
}

/** Marks the task of a message that was received too often as failed, with the reason. */
export class BuryDeadLetters extends Construct {
  constructor(scope: Construct, id: string, props: BuryDeadLettersProps) {
    super(scope, id);
    const { config, tables, lanes } = props;
    const deadLetter = new TaskFunction(this, 'dead-letter', {
      ...props,
      description: 'Marks tasks of dead letters as failed',
      memoryMb: 512,
      timeoutSeconds: CONSUMER_TIMEOUT_SECONDS,
      environment: {
        STAGE: config.stage,
        TASKS_TABLE: tables.tasks.tableName,
        RESULTS_TABLE: tables.results.tableName,
        RETENTION_SECONDS: String(config.retentionDays * 86_400),
        DEAD_LETTER_QUEUE_URLS: queueUrlsText(this, lanes.deadLetters),
      } satisfies Environment<typeof deadLetterEnv>,
      arns: {
        'dead-letters': queueArns(lanes.deadLetters),
        tasks: [tables.tasks.tableArn],
        results: [tables.results.tableArn],
      },
    });
    for (const [name, queue] of Object.entries(lanes.deadLetters)) {
      mapQueue(this, name, { ...FEW_MESSAGES, queue, target: deadLetter.lambda });
    }
  }
}
