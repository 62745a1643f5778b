import type { Agent, AgentPage, RegistrationInput } from '../core/contract/agent-schema.ts';
import { AgentMemoryClient } from './agent-memory-client.ts';
import { agentPath } from './agent-path.ts';
import type { CallOptions, ListOptions } from './call-options.ts';
import type { Transport } from './transport.ts';

/** Agents and what they remember. Registrations and reads are sent again when the API is busy or was not reached. */
export class AgentsClient {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Registers an agent, or registers it anew: what is left out has its default again. */
  async register(
    agentId: string,
    registration: RegistrationInput = {},
    { signal }: CallOptions = {},
  ): Promise<Agent> {
    const call = { method: 'PUT', path: agentPath(agentId), body: registration } as const;
    return await this.#transport.call({ ...call, repeatable: true, signal });
  }

  /** An agent with the totals of its tasks. Throws `agent_not_found`. */
  async get(agentId: string, { signal }: CallOptions = {}): Promise<Agent> {
    const call = { method: 'GET', path: agentPath(agentId), repeatable: true } as const;
    return await this.#transport.call({ ...call, signal });
  }

  /** All agents, newest first; pages are fetched as they are needed. */
  async *list({ pageSize, signal }: ListOptions = {}): AsyncGenerator<Agent, void> {
    let cursor: string | undefined;
    do {
      const query = { limit: pageSize, cursor };
      const call = { method: 'GET', path: '/agents', query, repeatable: true } as const;
      const page: AgentPage = await this.#transport.call({ ...call, signal });
      yield* page.items;
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
  }

  /** What an agent remembers. @default the memory that all share */
  memory(agentId = 'shared'): AgentMemoryClient {
    return new AgentMemoryClient(this.#transport, agentId);
  }
}
