import type { AgentPresence, AgentRow } from '../../../core/agents/agent-row.ts';
import { type Item, ItemCodec } from './item-codec.ts';

/**
 * Agents in the control table. A registration, and what was last heard of the agent, are two items of one
 * partition: a heartbeat writes the small one alone. The list of all is a partition of its own whose entries are
 * written once, at the first registration, so that heartbeats never make it hot: 1,000 agents a second may come
 * new, any number may work.
 */
export const AGENTS_PARTITION = 'agents';

export function registrationKey(agentId: string): Item {
  return { pk: { S: `agent#${agentId}` }, sk: { S: 'registration' } };
}

export function presenceKey(agentId: string): Item {
  return { pk: { S: `agent#${agentId}` }, sk: { S: 'presence' } };
}

/** How a registration is stored, beside its key. */
export const agentItem = new ItemCodec<AgentRow>({
  agent_id: 'string',
  tenant: 'string',
  registered_at: 'number',
  updated_at: 'number',
  name: 'string',
  role: 'string',
  capabilities: 'strings',
  config: 'json',
  metadata: 'json',
});

/** How the presence of an agent is stored, beside its key. */
export const presenceItem = new ItemCodec<AgentPresence & { readonly agent_id: string }>({
  agent_id: 'string',
  tenant: 'string',
  last_seen: 'number',
  resources: 'json',
});
