import { describe, expect, it } from 'vitest';
import { type DebugReport, memoryGrowthMb, memoryWarnings } from '../../core/debug-report.ts';
import { finishWrite } from '../../core/finish.ts';
import { resultOf } from '../../core/result-view.ts';
import { DEFAULT_RETRY } from '../../core/retry.ts';
import { applyRowWrite } from '../../core/row-write.ts';
import { failure } from '../../core/task-failure.ts';
import type { TaskRow } from '../../core/task-row.ts';
import { aResult, aRow, claimed, NOW_MS } from '../support/builders.ts';

const report = (atMs: number, warnings: readonly string[] = []): DebugReport => ({
  process: { cold: true, function_version: '7', memory_limit_mb: 1769 },
  events: [
    { at: atMs, event: 'claimed' },
    { at: atMs + 1, event: 'stage_started', stage: 'read' },
  ],
  memory: { before: { rss_mb: 1, heap_mb: 1 }, after: { rss_mb: 2, heap_mb: 1 }, growth_mb: 1 },
  sizes: { payload_bytes: 7, output_bytes: null },
  warnings,
});

function finished(row: TaskRow, nowMs: number, fails = false): TaskRow {
  const outcome = fails
    ? ({ kind: 'failed', failure: failure('boom', 'no', true) } as const)
    : ({ kind: 'succeeded', resultAttempt: row.attempt } as const);
  const terms = { nowMs, random: 0, policy: DEFAULT_RETRY, retentionSeconds: 3600 };
  const applied = applyRowWrite(row, finishWrite(row, outcome, terms));
  if (applied.kind !== 'applied' || applied.row === undefined) throw new Error('refused');
  return applied.row;
}

describe('the debug report of a result', () => {
  const first = claimed(aRow({ debug: true }), 'lease-1', NOW_MS);
  const second = claimed(finished(first, NOW_MS + 5, true), 'lease-2', NOW_MS + 100);
  const row = finished(second, NOW_MS + 110);
  const results = [
    aResult(first, { succeeded: false, debug: report(NOW_MS, ['memory grew']) }),
    aResult(second, { debug: report(NOW_MS + 100) }),
  ];
  const at = (ms: number) => new Date(NOW_MS + ms).toISOString();

  it('tells of each attempt, with when its result was stored, and all warnings', () => {
    const { debug } = resultOf(row, results, NOW_MS);
    expect(debug?.warnings).toEqual(['memory grew']);
    expect(debug?.attempts).toMatchObject([
      { attempt: 1, process: { cold: true }, sizes: { payload_bytes: 7 }, warnings: ['memory grew'] },
      { attempt: 2, warnings: [] },
    ]);
    expect(debug?.attempts.map(({ events }) => events)).toEqual([
      [
        { at: at(0), event: 'claimed' },
        { at: at(1), event: 'stage_started', stage: 'read' },
        { at: at(5), event: 'result_stored' },
      ],
      [
        { at: at(100), event: 'claimed' },
        { at: at(101), event: 'stage_started', stage: 'read' },
        { at: at(110), event: 'result_stored' },
      ],
    ]);
  });

  it('does not tell when a result was stored of an attempt that was taken away, or is forgotten', () => {
    const events = (history: readonly string[]) =>
      resultOf({ ...row, history }, results, NOW_MS).debug?.attempts[0]?.events.map(({ event }) => event);
    const [created = '', claim = '', , ...later] = row.history;
    expect(events([created, claim, ...later])).not.toContain('result_stored');
    expect(events([created, ...later])).not.toContain('result_stored');
    const { debug, ...without } = results[0] ?? aResult(row);
    expect(debug).toBeDefined();
    expect(resultOf(row, [without], NOW_MS).debug).toEqual({ warnings: [], attempts: [] });
    const empty = { ...report(NOW_MS), events: [] };
    expect(resultOf(row, [{ ...without, debug: empty }], NOW_MS).debug?.attempts[0]?.events).toEqual([]);
  });

  it('is there only where it was asked for', () => {
    const { debug: _, ...plain } = row;
    expect(resultOf(plain, results, NOW_MS)).not.toHaveProperty('debug');
  });
});

describe('memory', () => {
  const memory = (rss_mb: number, heap_mb: number) => ({ rss_mb, heap_mb });

  it.each([
    [memory(100, 20), memory(130.26, 25), 30.3],
    [memory(100, 20), memory(101, 60), 40],
    [memory(100, 20), memory(90, 10), 0],
  ])('from %j to %j grew by %d MB', (before, after, growth) => {
    expect(memoryGrowthMb(before, after)).toBe(growth);
  });

  it('is warned of when it grew by more than the limit', () => {
    expect(memoryWarnings(100, 100)).toEqual([]);
    expect(memoryWarnings(100.1, 100)).toEqual([
      expect.stringContaining('memory grew by 100.1 MB while the attempt ran, by more than 100 MB'),
    ]);
  });
});
