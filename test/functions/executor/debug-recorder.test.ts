import { describe, expect, it } from 'vitest';
import { DebugRecorder } from '../../../functions/executor/debug-recorder.ts';
import { ExecutorProcess } from '../../../functions/executor/executor-process.ts';
import { aRow, claimed, NOW_MS } from '../../support/builders.ts';
import { FixedClock } from '../../support/fixed-clock.ts';

function setup(grownMb: number) {
  const clock = new FixedClock(NOW_MS);
  const memories = [
    { rss_mb: 100, heap_mb: 20 },
    { rss_mb: 100 + grownMb, heap_mb: 30 },
  ];
  const warnings: string[] = [];
  const silent = () => undefined;
  const log = {
    debug: silent,
    info: silent,
    error: silent,
    warn: (text: string) => void warnings.push(text),
  };
  const deps = {
    clock,
    memory: () => memories.shift() ?? { rss_mb: 0, heap_mb: 0 },
    process: () => ({ cold: true, function_version: '7', memory_limit_mb: 1769 }),
    memoryGrowthMb: 100,
  };
  const row = claimed(aRow({ debug: true }), 'lease', NOW_MS);
  clock.advance(2);
  return { clock, log, warnings, recorder: new DebugRecorder(deps, row, '"ä"') };
}

describe('the record of an attempt', () => {
  it('tells what ran when, memory before and after, sizes and the process', () => {
    const { clock, log, warnings, recorder } = setup(30);
    clock.advance(1);
    recorder.handlerStarts();
    clock.advance(7);
    recorder.handlerEnded();
    const stages = [{ name: 'read', startedAtMs: NOW_MS + 3, endedAtMs: NOW_MS + 10 }];
    expect(recorder.report({ stages, output: '"öö"', log })).toEqual({
      process: { cold: true, function_version: '7', memory_limit_mb: 1769 },
      events: [
        { at: NOW_MS, event: 'claimed' },
        { at: NOW_MS + 2, event: 'payload_read' },
        { at: NOW_MS + 3, event: 'handler_started' },
        { at: NOW_MS + 3, event: 'stage_started', stage: 'read' },
        { at: NOW_MS + 10, event: 'stage_ended', stage: 'read' },
        { at: NOW_MS + 10, event: 'handler_ended' },
      ],
      memory: {
        before: { rss_mb: 100, heap_mb: 20 },
        after: { rss_mb: 130, heap_mb: 30 },
        growth_mb: 30,
      },
      sizes: { payload_bytes: 4, output_bytes: 6 },
      warnings: [],
    });
    expect(warnings).toEqual([]);
  });

  it('warns of memory that grew too much, in the report and in the log', () => {
    const { log, warnings, recorder } = setup(101);
    const report = recorder.report({ stages: [], output: undefined, log });
    expect(report.sizes.output_bytes).toBeNull();
    expect(report.warnings).toEqual([expect.stringContaining('grew by 101 MB')]);
    expect(warnings).toEqual(report.warnings);
  });
});

describe('the process of the executor', () => {
  it('is cold until it has run, and tells its version and memory', () => {
    const own = new ExecutorProcess({
      AWS_LAMBDA_FUNCTION_VERSION: '12',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1769',
    });
    const facts = { function_version: '12', memory_limit_mb: 1769 };
    expect(own.facts()).toEqual({ cold: true, ...facts });
    own.hasRun();
    expect(own.facts()).toEqual({ cold: false, ...facts });
    expect(own.memory().rss_mb).toBeGreaterThan(own.memory().heap_mb);
    expect(own.memory().heap_mb).toBeGreaterThan(1);
  });

  it('knows no limit where nobody sets one', () => {
    expect(new ExecutorProcess({}).facts()).toMatchObject({ function_version: '', memory_limit_mb: null });
  });
});
