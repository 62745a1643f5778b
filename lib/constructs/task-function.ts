import { Aws, CfnOutput, CfnResource, Duration, RemovalPolicy, type Size, Stack } from 'aws-cdk-lib';
import { Effect, Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  Function as LambdaFunction,
  LoggingFormat,
  RecursiveLoop,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { FunctionCode } from '../function-code.ts';
import type { FunctionName } from '../function-name.ts';
import { GRANTS, type Grant, type GrantedResource, keyActionsOf, objectKeyActionsOf } from '../grants.ts';
import { pascalCase } from '../pascal-case.ts';
import type { StageConfig } from '../stage-schema.ts';
import type { TaskTables } from './task-tables.ts';
import { acknowledgePrefixes, type ValueBucket } from './value-bucket.ts';

/** What every function needs to know of its deployment. */
export interface FunctionContext {
  readonly config: StageConfig;
  readonly code: FunctionCode;
  readonly tables: TaskTables;
  readonly values: ValueBucket;
}

export interface TaskFunctionProps<Name extends FunctionName> extends FunctionContext {
  readonly description: string;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  /** What stands behind its name, of one that is deployed several times. @default nothing */
  readonly suffix?: string;
  /** Room in /tmp. @default Lambda's, 512 MB */
  readonly ephemeralStorage?: Size;
  /** Type it with `Environment<typeof envSchema>` of the function. */
  readonly environment: Readonly<Record<string, string>>;
  /** Concurrency that belongs to this function alone. @default none */
  readonly reservedConcurrency?: number;
  /** It sends to the queue that feeds it; Lambda stops that after some 16 rounds unless it is told not to. @default false */
  readonly mayFeedItself?: boolean;
  /** The ARNs behind each name in the function's grants; a grant on none is left out. */
  readonly arns: Readonly<Record<GrantedResource<Name>, readonly string[]>>;
}

/**
 * A Lambda function with the defaults of the whole project, named after its folder in `functions/`. It may do
 * what GRANTS says, and write to its own log group. Lambda's own log lines are kept only from WARN on (they cost
 * more than ours); tracing stays off.
 */
export class TaskFunction<Name extends FunctionName> extends Construct {
  readonly lambda: LambdaFunction;

  constructor(scope: Construct, name: Name, props: TaskFunctionProps<Name>) {
    const fullName = props.suffix === undefined ? name : `${name}-${props.suffix}`;
    super(scope, fullName);
    const { config } = props;
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: `/tasklane/${config.stage}/${fullName}`,
      retention: config.logs.retentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    const policy = new Policy(this, 'Grants', {
      roles: [role],
      statements: [
        allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [logGroup.logGroupArn]),
        ...grantStatements(name, props.arns),
        ...keyStatements(name, props.tables),
      ],
    });
    acknowledgePrefixes(policy, props.values);
    const options = config.sourceMaps ? { NODE_OPTIONS: '--enable-source-maps' } : {};
    this.lambda = new LambdaFunction(this, 'Function', {
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: props.code(name),
      handler: 'index.handler',
      role,
      memorySize: props.memoryMb,
      timeout: Duration.seconds(props.timeoutSeconds),
      ...(props.ephemeralStorage === undefined ? {} : { ephemeralStorageSize: props.ephemeralStorage }),
      environment: {
        ...props.environment,
        ...options,
        POWERTOOLS_SERVICE_NAME: fullName,
        POWERTOOLS_LOG_LEVEL: config.logs.level,
      },
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel[config.logs.level],
      systemLogLevelV2: SystemLogLevel.WARN,
      ...(props.mayFeedItself ? { recursiveLoop: RecursiveLoop.ALLOW } : {}),
      ...(props.reservedConcurrency === undefined
        ? {}
        : { reservedConcurrentExecutions: props.reservedConcurrency }),
    });
    dependOn(this.lambda, policy);
    new CfnOutput(Stack.of(this), `${pascalCase(fullName)}FunctionName`, { value: this.lambda.functionName });
  }
}

function grantStatements<Name extends FunctionName>(
  name: Name,
  arns: Readonly<Record<GrantedResource<Name>, readonly string[]>>,
): readonly PolicyStatement[] {
  const grants: readonly Grant<GrantedResource<Name>>[] = GRANTS[name];
  const needed = grants.filter(({ on }) => arns[on].length > 0);
  return needed.map(({ on, actions }) => allow(actions, arns[on]));
}

/** The stage's key, where it has one of its own, may be used through DynamoDB and S3 alone. */
function keyStatements(name: FunctionName, { key }: TaskTables): readonly PolicyStatement[] {
  if (key === undefined) return [];
  const through = { dynamodb: keyActionsOf(name), s3: objectKeyActionsOf(name) };
  return Object.entries(through).flatMap(([service, actions]) => {
    if (actions.length === 0) return [];
    const statement = allow(actions, [key.keyArn]);
    statement.addCondition('StringEquals', { 'kms:ViaService': `${service}.${Aws.REGION}.amazonaws.com` });
    return [statement];
  });
}

/** A mapping is refused while its function may not read: the function is there only once it may. */
function dependOn(lambda: LambdaFunction, policy: Policy): void {
  const { defaultChild } = policy.node;
  if (!CfnResource.isCfnResource(lambda.node.defaultChild) || !CfnResource.isCfnResource(defaultChild))
    return;
  // Set as a whole: CDK also lists the role, on which the function depends anyway (cfn-lint W3005).
  lambda.node.defaultChild.addOverride('DependsOn', [defaultChild.logicalId]);
}

function allow(actions: readonly string[], resources: readonly string[]): PolicyStatement {
  return new PolicyStatement({ effect: Effect.ALLOW, actions: [...actions], resources: [...resources] });
}
