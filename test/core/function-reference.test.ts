import { describe, expect, it } from 'vitest';
import { findFunction, functionReference, isOwnFunction } from '../../core/function-reference.ts';

const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:billing';
const CHINA = 'arn:aws-cn:lambda:cn-north-1:123456789012:function:billing';

describe('a reference of a function', () => {
  it.each([
    ['billing', { functionName: 'billing', name: 'billing' }],
    ['billing:live', { functionName: 'billing', name: 'billing', qualifier: 'live' }],
    ['billing:$LATEST', { functionName: 'billing', name: 'billing', qualifier: '$LATEST' }],
    [ARN, { functionName: ARN, region: 'eu-west-1', name: 'billing' }],
    [`${ARN}:7`, { functionName: ARN, region: 'eu-west-1', name: 'billing', qualifier: '7' }],
    [CHINA, { functionName: CHINA, region: 'cn-north-1', name: 'billing' }],
  ])('is %s', (text, reference) => {
    expect(functionReference(text)).toEqual(reference);
  });

  it.each([
    '',
    'a b',
    'x'.repeat(65),
    'billing:',
    'billing:live:7',
    'arn:aws:sqs:eu-west-1:123456789012:billing',
    'arn:aws:lambda:eu-west-1:1234:function:billing',
    `${ARN}:*`,
    '*',
    '123456789012:function:billing',
  ])('fails to be %j', (text) => {
    expect(functionReference(text)).toBeUndefined();
  });

  it.each([
    ['Tasklane-prod-Execution-executorFunction1A2B-x', true],
    ['tasklane-dev-Api-api', true],
    ['my-tasklane-client', false],
  ])('of %s: a function of our own: %s', (name, expected) => {
    expect(isOwnFunction({ functionName: name, name })).toBe(expected);
  });
});

describe('a list of functions', () => {
  it('has what it names, and functions of an ARN by their short name', () => {
    const list = ['reports', `${ARN}:live`];
    expect(findFunction(list, 'reports')?.functionName).toBe('reports');
    expect(findFunction(list, `${ARN}:live`)).toMatchObject({ functionName: ARN, qualifier: 'live' });
    expect(findFunction(list, 'billing:live')).toMatchObject({ functionName: ARN, qualifier: 'live' });
  });

  it.each(['billing', ARN, 'other', '', `${ARN}:next`])('fails to have %j', (asked) => {
    expect(findFunction(['reports', `${ARN}:live`], asked)).toBeUndefined();
  });

  it('fails to know which of two a short name means', () => {
    expect(findFunction([ARN, CHINA], 'billing')).toBeUndefined();
    expect(findFunction([ARN, CHINA, 'billing'], 'billing')).toEqual({
      functionName: 'billing',
      name: 'billing',
    });
  });
});
