import type { Agent } from '../contract/agent-schema.ts';
import { isoTime } from '../iso-time.ts';
import type { AgentCounts } from '../usecases/count-agent-tasks.ts';
import { isAvailable, type KnownAgent } from './agent-row.ts';
import { successRate } from './agent-totals.ts';

/** The agent as the API shows it. */
export function agentOf(
  { row, presence }: KnownAgent,
  { counts, isComplete }: AgentCounts,
  nowMs: number,
): Agent {
  return {
    agent_id: row.agent_id,
    name: row.name ?? '',
    role: row.role ?? '',
    capabilities: row.capabilities ?? [],
    config: row.config ?? {},
    metadata: row.metadata ?? {},
    registered_at: isoTime(row.registered_at),
    updated_at: isoTime(row.updated_at),
    totals: { total: Object.values(counts).reduce((sum, count) => sum + count, 0), ...counts },
    totals_complete: isComplete,
    success_rate: successRate(counts),
    resources: presence.resources ?? {},
    last_seen: isoTime(presence.last_seen),
    available: isAvailable(presence, nowMs),
  };
}
