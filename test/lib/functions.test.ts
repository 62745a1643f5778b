import { describe, expect, it } from 'vitest';
import { FUNCTION_NAMES } from '../../lib/function-name.ts';
import { GRANTS, type Grant, keyActionsOf, objectKeyActionsOf } from '../../lib/grants.ts';
import {
  appOf,
  propertiesOf,
  resourcesOf,
  type Statement,
  statementsOf,
  templatesOf,
} from './synthesized-stage.ts';

const lambdaInvoke = { functions: ['billing'] };
const templates = templatesOf('prod', { customerManagedKey: true, lambdaInvoke });
const { api, execution } = templates;
const dev = templatesOf('dev');
const FUNCTION = 'AWS::Lambda::Function';

/** Where each function's resources are: their template and the beginning of their logical ids. */
const PLACES = {
  api: [api, 'Answerapi'],
  wait: [api, 'Answerwait'],
  claims: [api, 'Answerclaims'],
  docs: [api, 'Answerdocs'],
  dispatcher: [execution, 'Dispatchdispatcher'],
  redo: [execution, 'Dispatchredo'],
  executor: [execution, 'Executeexecutor'],
  release: [execution, 'Releaserelease'],
  'dead-letter': [execution, 'Burydeadletter'],
  'lane-switch': [execution, 'Switchlaneswitch'],
  timers: [execution, 'Sweeptimers'],
} as const;

const actionsOf = (statements: readonly Statement[]) =>
  [...new Set(statements.flatMap(({ Action }) => Action))].sort();

describe.each(FUNCTION_NAMES)('the function %s', (name) => {
  const [template, idPrefix] = PLACES[name];
  const properties = propertiesOf(template, FUNCTION, idPrefix);
  const statements = statementsOf(template, idPrefix);

  it('runs on the runtime and the processor of all', () => {
    expect(properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
    });
  });

  it("writes JSON lines to a log of its own; of Lambda's own lines only from WARN on", () => {
    expect(properties.LoggingConfig).toMatchObject({
      LogFormat: 'JSON',
      SystemLogLevel: 'WARN',
      ApplicationLogLevel: 'INFO',
    });
    expect(propertiesOf(template, 'AWS::Logs::LogGroup', idPrefix)).toEqual({
      LogGroupName: `/tasklane/prod/${name}`,
      RetentionInDays: 90,
    });
  });

  it('is named in its log lines and not traced', () => {
    expect(properties.Environment).toMatchObject({
      Variables: { POWERTOOLS_SERVICE_NAME: name, POWERTOOLS_LOG_LEVEL: 'INFO' },
    });
    expect(properties).not.toHaveProperty('TracingConfig');
  });

  it('has no other rights than its grants, its log and the key of the tables', () => {
    const granted = (GRANTS[name] as readonly Grant[]).flatMap(({ actions }) => actions);
    const expected = [
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      ...granted,
      ...keyActionsOf(name),
      ...objectKeyActionsOf(name),
    ];
    expect(actionsOf(statements)).toEqual([...new Set(expected)].sort());
    expect(propertiesOf(template, 'AWS::IAM::Role', idPrefix)).not.toHaveProperty('ManagedPolicyArns');
  });

  it('has no right to all actions of a service or on all resources', () => {
    for (const { Effect, Action, Resource } of statements) {
      expect(Effect).toBe('Allow');
      for (const action of Action) expect(action).toMatch(/^[a-z0-9]+:[A-Za-z]+$/);
      // Objects have keys of their own: all below one prefix of the bucket of large values.
      for (const arn of Resource) {
        const text = JSON.stringify(arn).replace(/"\/(values|uploads)\/\*"/, '');
        expect(text).not.toContain('*');
      }
    }
  });

  it('uses the key of the stage through DynamoDB and S3 alone, for each as much as its grants ask', () => {
    const key = statements.filter(({ Action }) => Action.some((action) => action.startsWith('kms:')));
    const through = (service: string) =>
      key.flatMap(({ Action, Condition }) =>
        JSON.stringify(Condition).includes(`"kms:ViaService":{"Fn::Join":["",["${service}.`) ? Action : [],
      );
    expect(through('dynamodb')).toEqual([...keyActionsOf(name)].sort());
    expect(through('s3')).toEqual([...objectKeyActionsOf(name)].sort());
    expect(key.flatMap(({ Action }) => Action)).toHaveLength(
      keyActionsOf(name).length + objectKeyActionsOf(name).length,
    );
  });

  it('is there only once it may do its work, so that no mapping is refused', () => {
    const [{ DependsOn } = {}] = resourcesOf(template, FUNCTION, idPrefix);
    expect(DependsOn).toEqual([expect.stringMatching(new RegExp(`^${idPrefix}Grants`))]);
  });

  it('feeds no queue that feeds it, which Lambda would stop after some 16 rounds, unless it is allowed to', () => {
    const sends = statements.filter(({ Action }) => Action.includes('sqs:SendMessage'));
    const takes = statements.filter(({ Action }) => Action.includes('sqs:ReceiveMessage'));
    const sources = new Set(takes.flatMap(({ Resource }) => Resource.map((arn) => JSON.stringify(arn))));
    const targets = sends.flatMap(({ Resource }) => Resource.map((arn) => JSON.stringify(arn)));
    const feedsItself = targets.some((arn) => sources.has(arn));
    expect(properties.RecursiveLoop).toBe(feedsItself ? 'Allow' : undefined);
    expect(feedsItself).toBe(name === 'release');
  });
});

describe('reserved concurrency', () => {
  it('is for the executors and for what may wait alone', () => {
    const reserving = [...resourcesOf(api, FUNCTION), ...resourcesOf(execution, FUNCTION)].filter(
      ({ Properties }) => Properties?.ReservedConcurrentExecutions !== undefined,
    );
    expect(reserving).toHaveLength(4);
  });
});

describe('source maps', () => {
  it('are read where they are shipped', () => {
    const mapped = propertiesOf(dev.api, FUNCTION, 'Answerapi').Environment;
    expect(mapped).toMatchObject({ Variables: { NODE_OPTIONS: '--enable-source-maps' } });
    const prod = propertiesOf(api, FUNCTION, 'Answerapi').Environment as { Variables: object };
    expect(prod.Variables).not.toHaveProperty('NODE_OPTIONS');
  });
});

describe('the stacks', () => {
  it('are named after stage and part, and protected where the data is', () => {
    const stacks = Object.values(appOf('prod').stacks);
    expect(stacks.map(({ stackName }) => stackName)).toEqual([
      'Tasklane-prod-Data',
      'Tasklane-prod-Execution',
      'Tasklane-prod-Api',
    ]);
    expect(stacks.every(({ terminationProtection }) => terminationProtection)).toBe(true);
    expect(
      Object.values(appOf('dev').stacks).some(({ terminationProtection }) => terminationProtection),
    ).toBe(false);
  });
});
