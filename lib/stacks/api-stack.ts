import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { AnswerRequests } from '../constructs/answer-requests.ts';
import { HttpApi } from '../constructs/http-api.ts';
import type { Identity } from '../constructs/identity.ts';
import type { Queues } from '../constructs/lanes.ts';
import type { FunctionContext } from '../constructs/task-function.ts';
import { stackProps } from '../stack-props.ts';

export interface ApiStackProps extends FunctionContext {
  readonly identity: Identity;
  readonly cursorSecretArn: string;
  readonly queues: Queues;
  readonly laneSwitch: LambdaFunction;
}

/** The HTTP API and the functions behind it. */
export class ApiStack extends Stack {
  constructor(scope: Construct, props: ApiStackProps) {
    super(scope, 'Api', stackProps(props.config, 'Api', 'the HTTP API'));
    const { functions } = new AnswerRequests(this, 'Answer', props);
    const api = new HttpApi(this, 'Http', { ...props, functions });
    new CfnOutput(this, 'ApiId', { value: api.apiId });
    new CfnOutput(this, 'ApiUrl', { value: api.url });
  }
}
