import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { stageConfig } from '../../lib/config.ts';
import type { StageConfig, StageName } from '../../lib/stage-schema.ts';
import { buildTasklane } from '../../lib/tasklane.ts';

/** Settings that differ from the stage's own. */
export type Overrides = Partial<StageConfig>;

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly DependsOn?: readonly string[];
}

/** A statement of an IAM policy, lists where CloudFormation has one or many. */
export interface Statement {
  readonly Effect: string;
  readonly Action: readonly string[];
  readonly Resource: readonly unknown[];
  readonly Condition?: unknown;
}

// CloudFormation's rules are checked at each real synth; here they would cost every file a second.
process.env.CDK_VALIDATION = 'false';

const { context } = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8')) as {
  context: Record<string, unknown>;
};

/** The app of a stage, with a line of text for each function's code. */
export function appOf(stage: StageName, overrides: Overrides = {}) {
  const app = new App({ context, stackTraces: false, treeMetadata: false });
  const config = { ...stageConfig(stage), ...overrides };
  const stacks = buildTasklane(app, config, () => Code.fromInline('export const handler = async () => {};'));
  return { app, config, stacks };
}

/** The templates of a stage as CloudFormation gets them. */
export function templatesOf(stage: StageName, overrides: Overrides = {}) {
  const { config, stacks } = appOf(stage, overrides);
  return {
    config,
    data: Template.fromStack(stacks.data),
    execution: Template.fromStack(stacks.execution),
    api: Template.fromStack(stacks.api),
  };
}

/** The resources of a type whose logical id begins with a text. */
export function resourcesOf(template: Template, type: string, idPrefix = ''): readonly Resource[] {
  const found = Object.entries(template.findResources(type) as Record<string, Resource>);
  return found.filter(([id]) => id.startsWith(idPrefix)).map(([, resource]) => resource);
}

/** The properties of the one resource of a type whose logical id begins with a text. */
export function propertiesOf(
  template: Template,
  type: string,
  idPrefix = '',
): Readonly<Record<string, unknown>> {
  const [resource, ...others] = resourcesOf(template, type, idPrefix);
  if (resource === undefined || others.length > 0) {
    throw new Error(
      `${others.length + (resource ? 1 : 0)} resources ${type} begin with ${idPrefix}, not one`,
    );
  }
  return resource.Properties ?? {};
}

/** The statements of the one policy whose logical id begins with a text. */
export function statementsOf(template: Template, idPrefix: string): readonly Statement[] {
  const { PolicyDocument } = propertiesOf(template, 'AWS::IAM::Policy', idPrefix);
  const { Statement } = PolicyDocument as { Statement: readonly Record<string, unknown>[] };
  return Statement.map((statement) => ({
    Effect: String(statement.Effect),
    Action: [statement.Action].flat() as string[],
    Resource: [statement.Resource].flat(),
    ...(statement.Condition === undefined ? {} : { Condition: statement.Condition }),
  }));
}
