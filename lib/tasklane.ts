import type { App } from 'aws-cdk-lib';
import type { FunctionCode } from './function-code.ts';
import { ApiStack } from './stacks/api-stack.ts';
import { DataStack } from './stacks/data-stack.ts';
import { ExecutionStack } from './stacks/execution-stack.ts';
import type { StageConfig } from './stage-schema.ts';

/** The stacks of a stage, each using only those before it. */
export interface Tasklane {
  readonly data: DataStack;
  readonly execution: ExecutionStack;
  readonly api: ApiStack;
}

/** Adds a stage of Tasklane to the app. */
export function buildTasklane(app: App, config: StageConfig, code: FunctionCode): Tasklane {
  const data = new DataStack(app, config);
  const { tables, values, identity, cursorSecretArn, webhookSecretArn } = data;
  const execution = new ExecutionStack(app, { config, code, tables, values, webhookSecretArn });
  const { queues, laneSwitch } = execution;
  const shared = { config, code, tables, values, identity, cursorSecretArn };
  const api = new ApiStack(app, { ...shared, queues, laneSwitch });
  return { data, execution, api };
}
