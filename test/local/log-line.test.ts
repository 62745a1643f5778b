import { describe, expect, it } from 'vitest';
import { logLine } from '../../local/log-line.ts';

const line = (message: string) => logLine({ functionName: 'executor', atMs: 0, message });

describe('given a log event of a function', () => {
  it('reads as time, level, function, message and the keys that tell something', () => {
    const fields = {
      level: 'INFO',
      message: 'finished',
      timestamp: '2026-11-21T10:00:00.123Z',
      service: 'executor',
      function_name: 'x',
      cold_start: true,
      task_id: 'task-1',
      batch: { size: 2 },
    };
    expect(line(JSON.stringify(fields))).toBe(
      '10:00:00.123 INFO  executor    finished task_id=task-1 batch={"size":2}',
    );
  });

  it('reads as it is when it is no JSON', () => {
    expect(line('Error: no\n')).toBe('00:00:00.000       executor    Error: no');
    expect(line('[1]')).toBe('00:00:00.000       executor    [1]');
  });

  it.each(['START RequestId: 1', 'END RequestId: 1', 'REPORT RequestId: 1', '', '{"_aws":{}}'])(
    'is left out when only the platform reads it: "%s"',
    (message) => {
      expect(line(message)).toBeUndefined();
    },
  );
});
