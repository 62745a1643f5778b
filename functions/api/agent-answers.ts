import type { MemoryEntry } from '../../core/contract/memory-schema.ts';
import { type AgentListDeps, listAgents } from '../../core/usecases/list-agents.ts';
import { registerAgent } from '../../core/usecases/register-agent.ts';
import { showAgent } from '../../core/usecases/show-agent.ts';
import {
  deleteMemory,
  type MemoryDeps,
  type MemoryWriteCall,
  putMemory,
  readMemories,
  readMemory,
} from '../../core/usecases/use-memory.ts';
import type { ApiRequest, Handlers } from '../shared/http-api/api-request.ts';

export type AgentAnswersDeps = AgentListDeps & Omit<MemoryDeps, 'agents'>;

type Operations =
  | 'listAgents'
  | 'getAgent'
  | 'registerAgent'
  | 'getMemories'
  | 'getMemory'
  | 'putMemory'
  | 'deleteMemory';

/** What the routes of agents and of their memories answer. */
export function createAgentAnswers(deps: AgentAnswersDeps): Handlers<Operations> {
  return {
    listAgents: async ({ tenant, query }) => ({
      status: 200,
      body: await listAgents(deps, { tenant, ...query }),
    }),
    getAgent: async ({ params }) => ({ status: 200, body: await showAgent(deps, params.agent_id) }),
    registerAgent: async ({ tenant, isAdmin, params, body }) => {
      const call = { tenant, isAdmin, agentId: params.agent_id, body };
      const { isNew, answer } = await registerAgent(deps, call);
      return { status: isNew ? 201 : 200, body: answer };
    },
    getMemories: async ({ tenant, isAdmin, params, query }) => {
      const call = { tenant, isAdmin, agentId: params.agent_id, keys: query.keys.split(',') };
      return { status: 200, body: { items: await readMemories(deps, call) } };
    },
    getMemory: async (request) => {
      const entry = await readMemory(deps, callOf(request));
      return { status: 200, headers: etagOf(entry), body: entry };
    },
    putMemory: async (request) => {
      const { isNew, answer } = await putMemory(deps, { ...callOf(request), body: request.body });
      return { status: isNew ? 201 : 200, headers: etagOf(answer), body: answer };
    },
    deleteMemory: async (request) => {
      await deleteMemory(deps, callOf(request));
      return { status: 204 };
    },
  };
}

function callOf(request: ApiRequest<'getMemory' | 'putMemory' | 'deleteMemory'>): MemoryWriteCall {
  const { tenant, isAdmin, params, headers } = request;
  return {
    tenant,
    isAdmin,
    agentId: params.agent_id,
    key: params.key,
    ifMatch: headers['if-match'],
    ifNoneMatch: headers['if-none-match'],
  };
}

function etagOf({ version }: MemoryEntry): Readonly<Record<string, string>> {
  return { etag: `"${version}"` };
}
