import { describe, expect, it } from 'vitest';
import { accessLogLine, logBytes, metricsOf } from '../../../bench/cost/log-bytes.ts';

it('counts each line in UTF-8 and the 26 bytes that CloudWatch adds', () => {
  expect(logBytes(['abc', 'é'])).toBe(3 + 2 + 2 * 26);
});

describe('the access log', () => {
  it('puts samples where its variables stand', () => {
    expect(accessLogLine('{"status":"$context.status"}')).toBe('{"status":"202"}');
  });

  it('fails for a variable without a sample', () => {
    expect(() => accessLogLine('$context.identity.sourceIp')).toThrow('$context.identity.sourceIp');
  });
});

it('tells the custom metrics of embedded lines, each once', () => {
  const line = JSON.stringify({
    _aws: {
      CloudWatchMetrics: [
        { Namespace: 'N', Dimensions: [['service']], Metrics: [{ Name: 'A' }, { Name: 'B' }] },
      ],
    },
    service: 'executor',
    A: 1,
    B: 2,
  });
  expect(metricsOf([line, line, '{"message":"executed"}'])).toEqual(
    new Set(['N/A{service=executor}', 'N/B{service=executor}']),
  );
});
