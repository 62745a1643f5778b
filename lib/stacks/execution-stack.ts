import { Stack } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { byLane } from '../../core/lane.ts';
import { BuryDeadLetters } from '../constructs/bury-dead-letters.ts';
import { DispatchTasks } from '../constructs/dispatch-tasks.ts';
import { ExecuteTasks } from '../constructs/execute-tasks.ts';
import { Lanes, type Queues } from '../constructs/lanes.ts';
import { ReleaseDependents } from '../constructs/release-dependents.ts';
import { SweepTimers } from '../constructs/sweep-timers.ts';
import { SwitchLanes } from '../constructs/switch-lanes.ts';
import type { FunctionContext } from '../constructs/task-function.ts';
import { stackProps } from '../stack-props.ts';

export interface ExecutionStackProps extends FunctionContext {
  readonly webhookSecretArn: string;
}

/** What happens to a task once its row is there: it is dispatched, executed, or buried. */
export class ExecutionStack extends Stack {
  readonly queues: Queues;
  /** The function that has lanes served or stopped. */
  readonly laneSwitch: LambdaFunction;

  constructor(scope: Construct, props: ExecutionStackProps) {
    const { webhookSecretArn, ...context } = props;
    super(scope, 'Execution', stackProps(context.config, 'Execution', 'lanes, dispatcher and executor'));
    const lanes = new Lanes(this, 'Lanes', context.config);
    this.queues = lanes.queues;
    const { queue: releaseQueue } = new ReleaseDependents(this, 'Release', context);
    new DispatchTasks(this, 'Dispatch', { ...context, lanes, releaseQueue });
    const { pools } = context.config;
    const executors = pools.map((pool, place) => {
      const largerPool = pools[place + 1];
      return new ExecuteTasks(this, place === 0 ? 'Execute' : `Execute-${pool.name}`, {
        ...context,
        lanes,
        webhookSecretArn,
        pool,
        ...(largerPool === undefined ? {} : { largerPool }),
      });
    });
    const mappings = byLane((lane) => executors.flatMap((executor) => executor.mappings.get(lane) ?? []));
    this.laneSwitch = new SwitchLanes(this, 'Switch', { ...context, mappings }).lambda;
    new SweepTimers(this, 'Sweep', { ...context, lanes });
    new BuryDeadLetters(this, 'Bury', { ...context, lanes });
  }
}
