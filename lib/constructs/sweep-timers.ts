import { Duration } from 'aws-cdk-lib';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { ORDERED_QUEUE } from '../../core/queue-name.ts';
import type { Environment } from '../../functions/shared/env.ts';
import type { envSchema as timersEnv } from '../../functions/timers/env.ts';
import { CONSUMER_TIMEOUT_SECONDS } from '../consumer-limits.ts';
import { type Lanes, pickQueues, queueArns, queueUrlsText } from './lanes.ts';
import { type FunctionContext, TaskFunction } from './task-function.ts';

export interface SweepTimersProps extends FunctionContext {
  readonly lanes: Lanes;
}

/** EventBridge's limit of targets of one rule. */
const TARGETS_A_RULE = 5;

/**
 * The sweep of the timer index: each minute, one invocation a shard. A sweep that EventBridge could not start
 * is not made up for: the next one finds the same entries.
 */
export class SweepTimers extends Construct {
  constructor(scope: Construct, id: string, props: SweepTimersProps) {
    super(scope, id);
    const { config, tables, lanes } = props;
    const ordered = pickQueues(lanes.queues, [ORDERED_QUEUE]);
    const timers = new TaskFunction(this, 'timers', {
      ...props,
      description: 'Brings about what is to happen to tasks at a time',
      memoryMb: 512,
      timeoutSeconds: CONSUMER_TIMEOUT_SECONDS,
      environment: {
        STAGE: config.stage,
        TASKS_TABLE: tables.tasks.tableName,
        RESULTS_TABLE: tables.results.tableName,
        CONTROL_TABLE: tables.control.tableName,
        RETENTION_SECONDS: String(config.retentionDays * 86_400),
        QUEUE_URLS: queueUrlsText(this, ordered),
      } satisfies Environment<typeof timersEnv>,
      arns: {
        tasks: [tables.tasks.tableArn],
        results: [tables.results.tableArn],
        control: [tables.control.tableArn],
        'lanes.ordered': queueArns(ordered),
        'tasks.timers': [`${tables.tasks.tableArn}/index/timers`],
      },
    });
    for (let first = 0; first < config.timeIndexShards; first += TARGETS_A_RULE) {
      const last = Math.min(first + TARGETS_A_RULE, config.timeIndexShards) - 1;
      const rule = new Rule(this, `EachMinute${first}`, {
        description: `Sweeps the shards ${first} to ${last} of the timer index`,
        schedule: Schedule.rate(Duration.minutes(1)),
      });
      for (let shard = first; shard <= last; shard += 1) {
        rule.addTarget(
          new LambdaTarget(timers.lambda, {
            event: RuleTargetInput.fromObject({ shard: String(shard) }),
            retryAttempts: 0,
          }),
        );
      }
    }
  }
}
