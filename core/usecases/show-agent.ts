import { agentNotFound } from '../agents/agent-errors.ts';
import type { AgentDirectory } from '../agents/agent-ports.ts';
import { agentOf } from '../agents/agent-view.ts';
import type { Agent } from '../contract/agent-schema.ts';
import { type CountDeps, countAgentTasks, MAX_TASKS_COUNTED } from './count-agent-tasks.ts';

export interface AgentDeps extends CountDeps {
  readonly agents: AgentDirectory;
}

/** A count ends after so long, complete or not; API Gateway gives up after 30 s. */
const MAX_MS = 10_000;

/** An agent with its totals. Throws `agent_not_found`. */
export async function showAgent(deps: AgentDeps, agentId: string): Promise<Agent> {
  const known = (await deps.agents.read([agentId])).get(agentId);
  if (known === undefined) throw agentNotFound(agentId);
  const budget = { tasks: MAX_TASKS_COUNTED, endMs: deps.clock.monotonicMs() + MAX_MS };
  const counted = await countAgentTasks(deps, agentId, budget);
  return agentOf(known, counted, deps.clock.nowMs());
}
