import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { BuryDeadLetters } from '../constructs/bury-dead-letters.ts';
import { DispatchTasks } from '../constructs/dispatch-tasks.ts';
import { ExecuteTasks } from '../constructs/execute-tasks.ts';
import { Lanes, type Queues } from '../constructs/lanes.ts';
import { ReleaseDependents } from '../constructs/release-dependents.ts';
import { SweepTimers } from '../constructs/sweep-timers.ts';
import type { FunctionContext } from '../constructs/task-function.ts';
import { stackProps } from '../stack-props.ts';

export interface ExecutionStackProps extends FunctionContext {
  readonly webhookSecretArn: string;
}

/** What happens to a task once its row is there: it is dispatched, executed, or buried. */
export class ExecutionStack extends Stack {
  readonly queues: Queues;

  constructor(scope: Construct, props: ExecutionStackProps) {
    const { webhookSecretArn, ...context } = props;
    super(scope, 'Execution', stackProps(context.config, 'Execution', 'lanes, dispatcher and executor'));
    const lanes = new Lanes(this, 'Lanes', context.config);
    this.queues = lanes.queues;
    const { queue: releaseQueue } = new ReleaseDependents(this, 'Release', context);
    new DispatchTasks(this, 'Dispatch', { ...context, lanes, releaseQueue });
    new ExecuteTasks(this, 'Execute', { ...context, lanes, webhookSecretArn });
    new SweepTimers(this, 'Sweep', context);
    new BuryDeadLetters(this, 'Bury', { ...context, lanes });
  }
}
