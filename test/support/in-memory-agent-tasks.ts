import type { AgentTasks, CountedTasks } from '../../core/agents/agent-ports.ts';
import type { CountedBlock, TaskStates } from '../../core/agents/agent-totals.ts';
import type { TaskRow } from '../../core/task-row.ts';

/** The tasks of agents over the rows of a store, and what was counted of them, in memory. */
export class InMemoryAgentTasks implements AgentTasks, CountedTasks {
  readonly counted = new Map<string, Map<string, CountedBlock>>();
  /** How many tasks each reading of states asked for. */
  readonly reads: number[] = [];
  readonly #rows: ReadonlyMap<string, TaskRow>;

  constructor(rows: ReadonlyMap<string, TaskRow>) {
    this.#rows = rows;
  }

  async entries(query: { agentId: string; after: string; limit: number }): Promise<readonly string[]> {
    return [...this.#rows.values()]
      .filter(({ agent_id, listed_at }) => agent_id === query.agentId && listed_at > query.after)
      .map(({ listed_at }) => listed_at)
      .sort()
      .slice(0, query.limit);
  }

  async states(taskIds: readonly string[]): Promise<TaskStates> {
    this.reads.push(taskIds.length);
    return new Map(
      taskIds.flatMap((taskId) => {
        const row = this.#rows.get(taskId);
        return row === undefined ? [] : [[taskId, row] as const];
      }),
    );
  }

  async blocks(agentId: string): Promise<readonly CountedBlock[]> {
    const blocks = [...(this.counted.get(agentId)?.values() ?? [])];
    return blocks.sort((a, b) => (a.after < b.after ? -1 : 1));
  }

  async put(agentId: string, blocks: readonly CountedBlock[]): Promise<void> {
    const all = this.counted.get(agentId) ?? new Map<string, CountedBlock>();
    for (const block of blocks) all.set(block.after, block);
    this.counted.set(agentId, all);
  }
}
