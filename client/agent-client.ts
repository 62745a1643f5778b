import type {
  ClaimInput,
  ClaimsAnswer,
  HeartbeatAnswer,
  HeartbeatInput,
} from '../core/contract/claim-schemas.ts';
import type { Task } from '../core/contract/task-schema.ts';
import type { AgentMemoryClient } from './agent-memory-client.ts';
import { agentPath } from './agent-path.ts';
import { AgentWorker, type WorkHandler, type WorkOptions } from './agent-worker.ts';
import type { AgentsClient } from './agents-client.ts';
import type { CallOptions } from './call-options.ts';
import type { Transport } from './transport.ts';

/** What an agent reports of a task that it could not do. */
export interface ReportedError {
  readonly code: string;
  readonly message: string;
  /** @default true */
  readonly retryable?: boolean;
}

/** One agent: the tasks that it claims, and what it remembers. */
export class AgentClient {
  readonly agentId: string;
  readonly memory: AgentMemoryClient;
  readonly #transport: Transport;

  constructor(transport: Transport, agents: AgentsClient, agentId: string) {
    this.#transport = transport;
    this.agentId = agentId;
    this.memory = agents.memory(agentId);
  }

  /** Claims tasks, at once or when there are some within `wait_seconds`. */
  async claim(claim: ClaimInput = {}, options: CallOptions = {}): Promise<ClaimsAnswer['claims']> {
    const { claims } = await this.#post<ClaimsAnswer>(`${agentPath(this.agentId)}/claims`, claim, options);
    return claims;
  }

  /** Keeps the leases of claimed tasks. */
  async heartbeat(beat: HeartbeatInput, options: CallOptions = {}): Promise<HeartbeatAnswer['leases']> {
    const path = `${agentPath(this.agentId)}/heartbeat`;
    return (await this.#post<HeartbeatAnswer>(path, beat, options)).leases;
  }

  /** Ends a claimed task with its output. Throws `lease_lost`. */
  async complete(
    taskId: string,
    leaseToken: string,
    output: unknown,
    options: CallOptions = {},
  ): Promise<Task> {
    return await this.#post(`${taskPath(taskId)}/complete`, { lease_token: leaseToken, output }, options);
  }

  /** Ends an attempt at a claimed task with an error. Throws `lease_lost`. */
  async fail(
    taskId: string,
    leaseToken: string,
    error: ReportedError,
    options: CallOptions = {},
  ): Promise<Task> {
    return await this.#post(`${taskPath(taskId)}/fail`, { lease_token: leaseToken, error }, options);
  }

  /**
   * Works on the agent's tasks until it is told to end: claims them, keeps their leases, reports what comes of
   * them. Resolves when what was claimed by then is done.
   */
  async work(handler: WorkHandler, options: WorkOptions = {}): Promise<void> {
    await new AgentWorker(this.#transport, this.agentId, handler, options).run();
  }

  /** Heartbeats and reports may be made twice; a claim whose answer was lost only lets its leases end. */
  async #post<Answer>(path: string, body: unknown, { signal }: CallOptions): Promise<Answer> {
    return await this.#transport.call({ method: 'POST', path, body, repeatable: true, signal });
  }
}

function taskPath(taskId: string): string {
  return `/tasks/${encodeURIComponent(taskId)}`;
}
