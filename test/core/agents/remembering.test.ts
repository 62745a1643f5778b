import { describe, expect, it } from 'vitest';
import { rememberingOf } from '../../../core/agents/remembering.ts';
import { followUpsOf } from '../../../core/follow-up.ts';
import { aRow, claimed, completed, NOW_MS } from '../../support/builders.ts';

const submission = { agent_id: 'agent-7', remember: 'k' };
const row = completed(aRow(submission), NOW_MS + 77);
const remembering = {
  kind: 'remember',
  taskId: row.task_id,
  attempt: 1,
  agentId: 'agent-7',
  key: 'k',
  atMs: NOW_MS + 77,
} as const;

describe('a row that asks for its output to be remembered', () => {
  it('has that follow when it completes, as of that moment', () => {
    expect(rememberingOf(row)).toEqual([remembering]);
    expect(followUpsOf(row, claimed(aRow(submission)))).toEqual([remembering]);
    expect(followUpsOf(row)).toEqual([remembering]);
  });

  it('asks for the shared memory where it has no agent', () => {
    expect(rememberingOf(completed(aRow({ remember: 'k' })))).toMatchObject([{ agentId: 'shared' }]);
  });

  it('has the value of its fallback remembered where that took over', () => {
    const fallen = completed(aRow({ ...submission, fallback: { value: { n: 0 } } }));
    const { result_attempt: _, ...used } = { ...fallen, fallback_used: true };
    expect(rememberingOf(used)).toMatchObject([{ attempt: 1, output: '{"n":0}' }]);
    expect(rememberingOf(fallen)).toMatchObject([{ attempt: 1 }]);
    expect(rememberingOf(fallen)[0]).not.toHaveProperty('output');
  });

  it('has what its type has fallen back to remembered, not its own fallback', () => {
    const fallen = { ...completed(aRow({ ...submission, fallback: { value: 0 } })), fallback_used: true };
    expect(rememberingOf(fallen)[0]).not.toHaveProperty('output');
  });

  it('has the result of an equal task remembered that it was completed with', () => {
    const cached = { ...row, attempt: 0, cached_result: 'task-2' };
    expect(rememberingOf(cached)).toMatchObject([{ taskId: row.task_id, resultId: 'task-2', attempt: 1 }]);
  });

  it('asks for nothing once it was merely touched', () => {
    expect(followUpsOf({ ...row, version: 9 }, row)).toEqual([]);
  });

  it('asks for nothing before it completes, when it fails, without an output, or unasked', () => {
    const { result_attempt: _, ...withoutResult } = row;
    for (const other of [claimed(aRow(submission)), { ...row, status: 'failed' as const }, withoutResult])
      expect(rememberingOf(other)).toEqual([]);
    expect(rememberingOf(completed(aRow({ agent_id: 'agent-7' })))).toEqual([]);
  });
});
