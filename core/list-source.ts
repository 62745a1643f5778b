import { SCHEDULED_LABEL, tagLabel } from './labels.ts';
import { LANES, type Lane } from './lane.ts';
import type { TaskFilter } from './task-filter.ts';
import type { StripeQuery } from './task-index.ts';

/**
 * An index that a list can be read from. All are sorted by `listed_at`, so a position in one is a position in
 * each: a list may go on by another one, and a cursor need not know which.
 */
export type ListSource =
  | { readonly index: 'time' }
  | { readonly index: 'agent'; readonly agentId: string }
  | { readonly index: 'failed'; readonly lanes: readonly Lane[] }
  | { readonly index: 'label'; readonly name: string };

/** An index with few tasks in it: all but the one of all tasks. */
export type NarrowSource = Exclude<ListSource, { readonly index: 'time' }>;

/** The narrow indexes that hold everything that a filter asks for; none where only the index by time does. */
export function narrowSourcesOf(filter: TaskFilter): readonly NarrowSource[] {
  const { status, agent_id, tag, lane, scheduledBeforeMs } = filter;
  // Who is in the state `scheduled` has a time to start at.
  const isScheduled = status === 'scheduled' || scheduledBeforeMs !== undefined;
  return [
    ...(tag === undefined ? [] : [{ index: 'label', name: tagLabel(tag) } as const]),
    ...(status === 'failed'
      ? [{ index: 'failed', lanes: lane === undefined ? LANES : [lane] } as const]
      : []),
    ...(isScheduled ? [{ index: 'label', name: SCHEDULED_LABEL } as const] : []),
    ...(agent_id === undefined ? [] : [{ index: 'agent', agentId: agent_id } as const]),
  ];
}

/** The partitions of a narrow index; `shards`: the most that labels were ever spread over. */
export function partitionsOf(source: NarrowSource, shards: number): readonly StripeQuery['partition'][] {
  switch (source.index) {
    case 'agent':
      return [source];
    case 'failed':
      return source.lanes.map((lane) => ({ index: 'failed', lane }));
    case 'label':
      return Array.from({ length: shards }, (_, shard) => ({ index: 'label', name: source.name, shard }));
  }
}

/** Whether every entry of an index is of a row that the filter asks for. Labels may be those of former days. */
export function isExact(source: ListSource, filter: TaskFilter): boolean {
  const { createdAfterMs: _, createdBeforeMs: __, ...parts } = filter;
  const kept: readonly string[] = KEPT[source.index];
  return source.index !== 'label' && Object.keys(parts).every((name) => kept.includes(name));
}

/** The parts of a filter that an index keeps by itself. */
const KEPT = { time: [], agent: ['agent_id'], failed: ['status', 'lane'], label: [] } as const;

/** A look at the newest entries of an index. */
export interface Probe {
  readonly entries: readonly string[];
  /** Everything below it is still to come; null if there is no more. */
  readonly below: string | null;
}

/**
 * Whether one index has fewer tasks from here on than another, as far as looks of equal length tell: it was seen
 * to its end, with fewer entries; or else its look reaches back further.
 */
export function isNarrower(one: Probe, other: Probe): boolean {
  if (one.below === null) return other.below !== null || one.entries.length < other.entries.length;
  return other.below !== null && one.below < other.below;
}
