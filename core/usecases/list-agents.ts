import { agentOf } from '../agents/agent-view.ts';
import type { Agent, AgentPage } from '../contract/agent-schema.ts';
import { LIMITS } from '../contract/limits.ts';
import { signCursor } from '../cursor.ts';
import { parseTimeIndexSort, TIME_INDEX_TOP } from '../time-index.ts';
import { countAgentTasks, MAX_TASKS_COUNTED } from './count-agent-tasks.ts';
import { type CursorDeps, positionIn } from './cursor-position.ts';
import type { AgentDeps } from './show-agent.ts';

export interface AgentListDeps extends AgentDeps, CursorDeps {}

export interface AgentListCall {
  readonly tenant: string;
  readonly limit: number;
  readonly cursor?: string;
}

/** A page ends, shorter than asked, when counting has taken so long. */
const MAX_MS = 2000;
/** Agents whose tasks are counted side by side. */
const SIDE_BY_SIDE = 10;

/**
 * A page of agents, newest first, with totals that are complete: the page ends before an agent whose tasks could
 * not all be counted in time, unless that is its first. Throws `validation_failed` for a cursor of another list.
 */
export async function listAgents(deps: AgentListDeps, call: AgentListCall): Promise<AgentPage> {
  const { tenant, limit, cursor } = call;
  const scope = { route: 'GET /agents', tenant, filter: {} };
  const below = cursor === undefined ? TIME_INDEX_TOP : await positionIn(deps, scope, cursor);
  const positions = await deps.agents.list({ below, limit });
  const page = await collect(deps, positions);
  const isEnd = page.position === positions.at(-1) && positions.length < limit;
  if (page.position === undefined || isEnd) return { items: page.items, next_cursor: null };
  const [key = ''] = await deps.cursorKeys.read();
  return { items: page.items, next_cursor: signCursor(scope, page.position, deps.clock.nowMs(), key) };
}

interface Collected {
  readonly items: readonly Agent[];
  /** The last place that was looked at; undefined where there was none. */
  readonly position: string | undefined;
}

async function collect(deps: AgentListDeps, positions: readonly string[]): Promise<Collected> {
  const known = await deps.agents.read([...new Set(positions.map(agentIdAt))]);
  const budget = { tasks: MAX_TASKS_COUNTED, endMs: deps.clock.monotonicMs() + MAX_MS };
  const items: Agent[] = [];
  let position: string | undefined;
  let bytes = 0;
  for (const part of partsOf(positions)) {
    const counted = await Promise.all(
      part.map(async (at) => ({ at, counts: await countAgentTasks(deps, agentIdAt(at), budget) })),
    );
    for (const { at, counts } of counted) {
      const isOver = !counts.isComplete || bytes >= LIMITS.answerBytes;
      if (isOver && items.length > 0) return { items, position };
      position = at;
      const agent = known.get(agentIdAt(at));
      if (agent === undefined) continue;
      const item = agentOf(agent, counts, deps.clock.nowMs());
      items.push(item);
      bytes += Buffer.byteLength(JSON.stringify(item));
    }
  }
  return { items, position };
}

/** The first alone, so that it has the whole budget and each page gets on; then by tens. */
function partsOf(positions: readonly string[]): readonly (readonly string[])[] {
  const parts = [positions.slice(0, 1)];
  for (let from = 1; from < positions.length; from += SIDE_BY_SIDE)
    parts.push(positions.slice(from, from + SIDE_BY_SIDE));
  return parts;
}

/** Places are made as those of tasks are: a moment, and an id. */
function agentIdAt(position: string): string {
  return parseTimeIndexSort(position).taskId;
}
