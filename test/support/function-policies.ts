import {
  GetRolePolicyCommand,
  IAMClient,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { awsClientSettings } from '../../local/aws-environment.ts';
import { deployment, output } from './emulator-clients.ts';

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
}

interface PolicyDocument {
  readonly Version: string;
  readonly Statement: readonly Statement[];
}

/** One action on the resources of one statement of a function's policy, and how to take it away. */
export interface Grant {
  readonly action: string;
  readonly resources: readonly string[];
  /** Runs something while the function's role lacks the grant, then gives it back. */
  readonly without: <T>(run: () => Promise<T>) => Promise<T>;
}

/** A function's role, as it was deployed. */
export interface FunctionPolicies {
  readonly roleArn: string;
  readonly grants: readonly Grant[];
}

const iam = (): IAMClient => new IAMClient(awsClientSettings(deployment().url));

/**
 * Everything that a function may do, by its stack output (`ExecutorFunctionName`). Of the actions in `splits`
 * each resource is a grant of its own.
 */
export async function policiesOf(
  functionOutput: string,
  splits: readonly string[] = [],
): Promise<FunctionPolicies> {
  const lambda = new LambdaClient(awsClientSettings(deployment().url));
  const { Role = '' } = await lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName: output(functionOutput) }),
  );
  const roleName = Role.slice(Role.lastIndexOf('/') + 1);
  const { PolicyNames = [] } = await iam().send(new ListRolePoliciesCommand({ RoleName: roleName }));
  const grants = await Promise.all(PolicyNames.map((name) => grantsOf(roleName, name, splits)));
  return { roleArn: Role, grants: grants.flat() };
}

async function grantsOf(roleName: string, policyName: string, splits: readonly string[]): Promise<Grant[]> {
  const { PolicyDocument: text = '' } = await iam().send(
    new GetRolePolicyCommand({ RoleName: roleName, PolicyName: policyName }),
  );
  const document = JSON.parse(decodeURIComponent(text)) as PolicyDocument;
  const put = async (changed: PolicyDocument) =>
    void (await iam().send(
      new PutRolePolicyCommand({
        RoleName: roleName,
        PolicyName: policyName,
        PolicyDocument: JSON.stringify(changed),
      }),
    ));
  return document.Statement.flatMap((statement) =>
    listed(statement.Action).flatMap((action) =>
      partsOf(listed(statement.Resource), splits.includes(action)).map((resources) => ({
        action,
        resources,
        without: async <T>(run: () => Promise<T>): Promise<T> => {
          await put({
            ...document,
            Statement: withoutGrant(document.Statement, statement, action, resources),
          });
          try {
            return await run();
          } finally {
            await put(document);
          }
        },
      })),
    ),
  );
}

/** The resources one by one, or all together. */
function partsOf(resources: readonly string[], isSplit: boolean): readonly (readonly string[])[] {
  return isSplit ? resources.map((resource) => [resource]) : [resources];
}

function withoutGrant(
  all: readonly Statement[],
  from: Statement,
  action: string,
  resources: readonly string[],
): Statement[] {
  return all.flatMap((statement) => {
    if (statement !== from) return [statement];
    const actions = listed(statement.Action).filter((name) => name !== action);
    const kept = listed(statement.Resource).filter((resource) => !resources.includes(resource));
    return [
      ...(actions.length === 0 ? [] : [{ ...statement, Action: actions }]),
      ...(kept.length === 0 ? [] : [{ ...statement, Action: action, Resource: kept }]),
    ];
  });
}

function listed(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : value;
}
