import { describe, expect, it } from 'vitest';
import { checkedConfig, stageConfig } from '../../lib/config.ts';
import { propertiesOf, type Statement, statementsOf, templatesOf } from './synthesized-stage.ts';

const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:ledger';
const functions = ['billing', 'reports:live', ARN, `${ARN}:7`];
const listed = templatesOf('prod', { lambdaInvoke: { functions } });
const none = templatesOf('prod');

const invoking = (statements: readonly Statement[]) =>
  statements.filter(({ Action }) => Action.includes('lambda:InvokeFunction'));

/** An ARN as a template writes it, its pseudo parameters as names. */
const written = (arn: unknown): string => {
  if (typeof arn === 'string') return arn;
  const [, parts] = (arn as { 'Fn::Join': [string, (string | { Ref: string })[]] })['Fn::Join'];
  return parts.map((part) => (typeof part === 'string' ? part : part.Ref)).join('');
};

const environmentOf = (template: typeof listed.api, idPrefix: string) =>
  (
    propertiesOf(template, 'AWS::Lambda::Function', idPrefix).Environment as {
      Variables: Record<string, string>;
    }
  ).Variables;

describe('the functions that a stage lists', () => {
  it('may be invoked by the executor: each exactly as it is named', () => {
    const [statement, ...others] = invoking(statementsOf(listed.execution, 'Executeexecutor'));
    expect(others).toEqual([]);
    expect(statement).toMatchObject({ Effect: 'Allow', Action: ['lambda:InvokeFunction'] });
    const own = 'arn:AWS::Partition:lambda:AWS::Region:AWS::AccountId:function:';
    expect(statement?.Resource.map(written).sort()).toEqual(
      [`${own}billing`, `${own}reports:live`, ARN, `${ARN}:7`].sort(),
    );
  });

  it('may be invoked by nothing else', () => {
    for (const [stack, idPrefix] of [
      ['api', 'Answerapi'],
      ['execution', 'Dispatchdispatcher'],
      ['execution', 'Burydeadletter'],
    ] as const) {
      const without = invoking(statementsOf(none[stack], idPrefix));
      expect(invoking(statementsOf(listed[stack], idPrefix))).toEqual(without);
    }
  });

  it('are known to the API, which refuses others, and to the executor, which checks again', () => {
    const list = JSON.stringify(functions);
    expect(environmentOf(listed.api, 'Answerapi').LAMBDA_INVOKE_FUNCTIONS).toBe(list);
    expect(environmentOf(listed.execution, 'Executeexecutor').LAMBDA_INVOKE_FUNCTIONS).toBe(list);
  });

  it('are none by default: nothing may be invoked', () => {
    expect(invoking(statementsOf(none.execution, 'Executeexecutor'))).toEqual([]);
    expect(environmentOf(none.api, 'Answerapi').LAMBDA_INVOKE_FUNCTIONS).toBe('[]');
  });

  it.each([
    ['Tasklane-prod-Api-Answerapi1A2B', /is a function of Tasklane itself.*submit a task instead/],
    [`${ARN.replace('ledger', 'tasklane-dev-Execution-x')}:live`, /is a function of Tasklane itself/],
    ['billing*', /is neither the name nor the ARN of a Lambda function; write name, name:alias/],
    ['arn:aws:lambda:*:123456789012:function:ledger', /is neither the name nor the ARN/],
    ['', /is neither the name nor the ARN/],
  ])('fail the synth with %j, with the rule and the fix', (name, message) => {
    const settings = { ...stageConfig('prod'), lambdaInvoke: { functions: ['billing', name] } };
    expect(() => checkedConfig(settings)).toThrow(message);
    expect(() => checkedConfig(settings)).toThrow('lambdaInvoke.functions.1: ');
  });
});

describe('the debug report of a stage', () => {
  it('warns of memory that grew by more than its setting', () => {
    const debug = { memoryGrowthMb: 250 };
    const { execution } = templatesOf('prod', { debug });
    expect(environmentOf(execution, 'Executeexecutor').DEBUG_MEMORY_GROWTH_MB).toBe('250');
    expect(environmentOf(none.execution, 'Executeexecutor').DEBUG_MEMORY_GROWTH_MB).toBe('100');
  });

  it('fails the synth with a setting that warns of everything', () => {
    expect(() => checkedConfig({ ...stageConfig('prod'), debug: { memoryGrowthMb: 0 } })).toThrow(
      'debug.memoryGrowthMb: 0 is no whole number from 1 to 10240',
    );
  });
});
