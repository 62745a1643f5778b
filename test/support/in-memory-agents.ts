import type { AgentDirectory } from '../../core/agents/agent-ports.ts';
import type { AgentPresence, AgentRow, KnownAgent } from '../../core/agents/agent-row.ts';
import { timeIndexSort } from '../../core/time-index.ts';

/** The registered agents, in memory. */
export class InMemoryAgents implements AgentDirectory {
  readonly agents = new Map<string, KnownAgent>();

  async read(agentIds: readonly string[]): Promise<ReadonlyMap<string, KnownAgent>> {
    return new Map(
      agentIds.flatMap((id) => {
        const known = this.agents.get(id);
        return known === undefined ? [] : [[id, known] as const];
      }),
    );
  }

  async ownerOf(agentId: string): Promise<string | undefined> {
    return this.agents.get(agentId)?.row.tenant;
  }

  async create(row: AgentRow): Promise<boolean> {
    if (this.agents.has(row.agent_id)) return false;
    const { tenant, updated_at } = row;
    this.agents.set(row.agent_id, { row, presence: { tenant, last_seen: updated_at } });
    return true;
  }

  async replace(row: AgentRow): Promise<void> {
    const before = this.agents.get(row.agent_id);
    if (before === undefined) throw new Error(`${row.agent_id} is not there`);
    this.agents.set(row.agent_id, { row, presence: { ...before.presence, last_seen: row.updated_at } });
  }

  async heard(agentId: string, presence: Omit<AgentPresence, 'tenant'>): Promise<void> {
    const before = this.agents.get(agentId);
    if (before === undefined) throw new Error(`${agentId} is not there`);
    this.agents.set(agentId, { row: before.row, presence: { ...before.presence, ...presence } });
  }

  async list({ below, limit }: { below: string; limit: number }): Promise<readonly string[]> {
    return [...this.agents.values()]
      .map(({ row }) => timeIndexSort(row.registered_at, row.agent_id))
      .filter((position) => position < below)
      .sort((a, b) => (a < b ? 1 : -1))
      .slice(0, limit);
  }
}
