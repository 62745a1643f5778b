import { Aws } from 'aws-cdk-lib';
import { functionReference } from '../../core/function-reference.ts';
import type { envSchema } from '../../functions/executor/env.ts';
import type { Environment } from '../../functions/shared/env.ts';
import type { StageConfig } from '../stage-schema.ts';

/** The list of functions that tasks may invoke, as the functions' environment has it. */
export function invokedFunctionsEnvironment({
  lambdaInvoke,
}: StageConfig): Pick<Environment<typeof envSchema>, 'LAMBDA_INVOKE_FUNCTIONS'> {
  return { LAMBDA_INVOKE_FUNCTIONS: JSON.stringify(lambdaInvoke.functions) };
}

/** The ARN of each: of this account and region where it is named, with the qualifier where it has one. */
export function invokedFunctionArns({ lambdaInvoke }: StageConfig): readonly string[] {
  return lambdaInvoke.functions.map((text) => {
    const { functionName, region, qualifier } = functionReference(text) ?? { functionName: text };
    const arn =
      region === undefined
        ? `arn:${Aws.PARTITION}:lambda:${Aws.REGION}:${Aws.ACCOUNT_ID}:function:${functionName}`
        : functionName;
    return qualifier === undefined ? arn : `${arn}:${qualifier}`;
  });
}
