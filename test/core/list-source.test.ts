import { describe, expect, it } from 'vitest';
import { isExact, isNarrower, narrowSourcesOf, partitionsOf } from '../../core/list-source.ts';
import type { TaskFilter } from '../../core/task-filter.ts';

const TAG = { index: 'label', name: 'tag#a' } as const;
const SCHEDULED = { index: 'label', name: 'scheduled' } as const;
const AGENT = { index: 'agent', agentId: 'agent-7' } as const;
const FAILED = { index: 'failed', lanes: ['critical', 'high', 'normal', 'low'] } as const;

describe('the narrow indexes of a filter', () => {
  it.each<[TaskFilter, unknown[]]>([
    [{}, []],
    [{ status: 'queued', type: 'echo', lane: 'low', createdAfterMs: 1, createdBeforeMs: 2 }, []],
    [{ tag: 'a' }, [TAG]],
    [{ status: 'failed' }, [FAILED]],
    [{ status: 'failed', lane: 'low' }, [{ index: 'failed', lanes: ['low'] }]],
    [{ status: 'scheduled' }, [SCHEDULED]],
    [{ scheduledBeforeMs: 1 }, [SCHEDULED]],
    [{ agent_id: 'agent-7' }, [AGENT]],
    [
      { tag: 'a', status: 'failed', scheduledBeforeMs: 1, agent_id: 'agent-7' },
      [TAG, FAILED, SCHEDULED, AGENT],
    ],
  ])('%j: %j', (filter, sources) => {
    expect(narrowSourcesOf(filter)).toEqual(sources);
  });
});

describe('the partitions of a narrow index', () => {
  it('are one for an agent, one for each lane, and one for each shard of a label', () => {
    expect(partitionsOf(AGENT, 3)).toEqual([AGENT]);
    expect(partitionsOf({ index: 'failed', lanes: ['high', 'low'] }, 3)).toEqual([
      { index: 'failed', lane: 'high' },
      { index: 'failed', lane: 'low' },
    ]);
    expect(partitionsOf(TAG, 3)).toEqual([0, 1, 2].map((shard) => ({ ...TAG, shard })));
  });
});

describe('an index that has nothing but what is asked for', () => {
  it.each<[boolean, Parameters<typeof isExact>[0], TaskFilter]>([
    [true, { index: 'time' }, {}],
    [true, { index: 'time' }, { createdAfterMs: 1, createdBeforeMs: 2 }],
    [false, { index: 'time' }, { lane: 'low' }],
    [true, AGENT, { agent_id: 'agent-7' }],
    [false, AGENT, { agent_id: 'agent-7', status: 'queued' }],
    [true, { index: 'failed', lanes: ['low'] }, { status: 'failed', lane: 'low' }],
    [false, FAILED, { status: 'failed', type: 'echo' }],
    [false, TAG, { tag: 'a' }],
  ])('%s for %j and %j', (expected, source, filter) => {
    expect(isExact(source, filter)).toBe(expected);
  });
});

describe('the narrower of two indexes', () => {
  const probe = (count: number, below: string | null) => ({ entries: Array(count).fill('x'), below });

  it.each([
    ['the one that reaches back further', true, probe(9, '3'), probe(9, '5')],
    ['not the one that reaches back less far', false, probe(9, '5'), probe(9, '3')],
    ['not an equal one', false, probe(9, '5'), probe(9, '5')],
    ['the one that was seen to its end', true, probe(9, null), probe(1, '5')],
    ['not the one that goes on where the other ends', false, probe(1, '5'), probe(9, null)],
    ['of two that end the one with fewer entries', true, probe(2, null), probe(3, null)],
    ['of two that end not the one with more', false, probe(3, null), probe(2, null)],
  ])('is %s', (_, expected, one, other) => {
    expect(isNarrower(one, other)).toBe(expected);
  });
});
