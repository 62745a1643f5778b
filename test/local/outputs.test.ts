import { describe, expect, it } from 'vitest';
import { localOutputs } from '../../local/outputs.ts';

const stackOutputs = {
  TasksTable: 'tasks-1',
  ResultsTable: 'results-1',
  MetricsTable: 'metrics-1',
  ControlTable: 'control-1',
  CriticalQueueUrl: 'http://localhost:4566/000000000000/critical',
  HighQueueUrl: 'http://localhost:4566/000000000000/high',
  NormalQueueUrl: 'http://localhost:4566/000000000000/normal',
  LowQueueUrl: 'http://localhost:4566/000000000000/low',
  OrderedQueueUrl: 'http://localhost:4566/000000000000/ordered.fifo',
};
const tokens = { task_submitter: 's', task_executor: 'e', admin: 'a' };
const reach = { apiUrl: 'http://localhost:4566', emulatorUrl: 'http://localhost:4566', tokens };

describe('given the outputs of the stacks', () => {
  it('names what a client needs, and null for what is not built yet', () => {
    expect(localOutputs(stackOutputs, reach)).toEqual({
      api_url: 'http://localhost:4566',
      console_url: null,
      emulator_url: 'http://localhost:4566',
      region: 'us-east-1',
      account: '000000000000',
      tables: { tasks: 'tasks-1', results: 'results-1', metrics: 'metrics-1', control: 'control-1' },
      queues: {
        critical: stackOutputs.CriticalQueueUrl,
        high: stackOutputs.HighQueueUrl,
        normal: stackOutputs.NormalQueueUrl,
        low: stackOutputs.LowQueueUrl,
        ordered: stackOutputs.OrderedQueueUrl,
      },
      event_bus: null,
      tokens,
    });
  });

  it('fails on a stack without one of them, naming it', () => {
    const { TasksTable: _, ...rest } = stackOutputs;
    expect(() => localOutputs(rest, reach)).toThrow(/TasksTable/);
  });
});
