import { Duration, Stack } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import type { EventSourceMapping, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Lane } from '../../core/lane.ts';
import type { envSchema as laneSwitchEnv } from '../../functions/lane-switch/env.ts';
import type { Environment } from '../../functions/shared/env.ts';
import { CONSUMER_TIMEOUT_SECONDS } from '../consumer-limits.ts';
import { type FunctionContext, TaskFunction } from './task-function.ts';

export interface SwitchLanesProps extends FunctionContext {
  /** What feeds each lane to its executors: a mapping a pool. */
  readonly mappings: Readonly<Record<Lane, readonly EventSourceMapping[]>>;
}

/**
 * Serves and stops lanes: at once when the API asks it, and each minute, so that neither a process that died in
 * between nor a mapping made anew leaves a lane otherwise than its state says.
 */
export class SwitchLanes extends Construct {
  readonly lambda: LambdaFunction;

  constructor(scope: Construct, id: string, props: SwitchLanesProps) {
    super(scope, id);
    const { config, tables, mappings } = props;
    const ids = Object.entries(mappings).map(([lane, all]) => [
      lane,
      all.map((mapping) => mapping.eventSourceMappingId),
    ]);
    const { lambda } = new TaskFunction(this, 'lane-switch', {
      ...props,
      description: 'Has lanes served or stopped as they were asked for last',
      memoryMb: 256,
      timeoutSeconds: CONSUMER_TIMEOUT_SECONDS,
      environment: {
        STAGE: config.stage,
        CONTROL_TABLE: tables.control.tableName,
        LANE_MAPPINGS: Stack.of(this).toJsonString(Object.fromEntries(ids)),
      } satisfies Environment<typeof laneSwitchEnv>,
      arns: {
        control: [tables.control.tableArn],
        'lane-mappings': Object.values(mappings).flatMap((all) =>
          all.map((mapping) => mapping.eventSourceMappingArn),
        ),
      },
    });
    this.lambda = lambda;
    new Rule(this, 'EachMinute', {
      description: 'Brings the lanes in line with their states',
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaTarget(lambda, { retryAttempts: 0 })],
    });
  }
}
