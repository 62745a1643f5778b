import { Construct } from 'constructs';
import { LANES } from '../../core/lane.ts';
import type { envSchema as deadLetterEnv } from '../../functions/dead-letter/env.ts';
import type { Environment } from '../../functions/shared/env.ts';
import { CONSUMER_TIMEOUT_SECONDS, FEW_MESSAGES } from '../consumer-limits.ts';
import { type Lanes, queueArns } from './lanes.ts';
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
        CRITICAL_DEAD_LETTER_QUEUE_URL: lanes.deadLetters.critical.queueUrl,
        HIGH_DEAD_LETTER_QUEUE_URL: lanes.deadLetters.high.queueUrl,
        NORMAL_DEAD_LETTER_QUEUE_URL: lanes.deadLetters.normal.queueUrl,
        LOW_DEAD_LETTER_QUEUE_URL: lanes.deadLetters.low.queueUrl,
      } satisfies Environment<typeof deadLetterEnv>,
      arns: {
        'dead-letters': queueArns(lanes.deadLetters),
        tasks: [tables.tasks.tableArn],
        results: [tables.results.tableArn],
      },
    });
    for (const lane of LANES) {
      mapQueue(this, lane, { ...FEW_MESSAGES, queue: lanes.deadLetters[lane], target: deadLetter.lambda });
    }
  }
}
