/** Names the memory that belongs to all; no agent can be registered under it. */
export const SHARED_AGENT = 'shared';

/** What an agent says of itself; absent where it is the default. */
export interface Registration {
  readonly name?: string;
  readonly role?: string;
  readonly capabilities?: readonly string[];
  readonly config?: Readonly<Record<string, unknown>>;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** A registered agent. Times are milliseconds since 1970. */
export interface AgentRow extends Registration {
  readonly agent_id: string;
  /** Who registered it, and may act for it. It never changes. */
  readonly tenant: string;
  readonly registered_at: number;
  readonly updated_at: number;
}

/** What changes while an agent works: an item of its own, since a registration may have 40 write units. */
export interface AgentPresence {
  readonly tenant: string;
  /** When it was last heard of: registered, a heartbeat or a claim. */
  readonly last_seen: number;
  /** What its last heartbeat said of its resources. */
  readonly resources?: Readonly<Record<string, number>>;
}

/** An agent as it is known: its registration, and what was last heard of it. */
export interface KnownAgent {
  readonly row: AgentRow;
  readonly presence: AgentPresence;
}

/** An agent that was not heard of for so long gets no work by its capabilities. */
export const AVAILABLE_MS = 5 * 60_000;

/** Whether the agent was heard of lately. */
export function isAvailable({ last_seen }: Pick<AgentPresence, 'last_seen'>, nowMs: number): boolean {
  return nowMs - last_seen <= AVAILABLE_MS;
}

/** Who wants to act for an agent. */
export interface AgentCaller {
  readonly tenant: string;
  readonly isAdmin: boolean;
}

/** Whether the caller may act for an agent that `tenant` has registered. */
export function mayActFor(tenant: string, caller: AgentCaller): boolean {
  return caller.isAdmin || caller.tenant === tenant;
}

/** The row of an agent that is registered now, for the first time or anew; whose it is stays. */
export function registeredRow(
  agentId: string,
  registration: Registration,
  tenant: string,
  nowMs: number,
  before?: AgentRow,
): AgentRow {
  const { name, role, capabilities = [], config = {}, metadata = {} } = registration;
  return {
    agent_id: agentId,
    tenant: before?.tenant ?? tenant,
    registered_at: before?.registered_at ?? nowMs,
    updated_at: nowMs,
    ...(name ? { name } : {}),
    ...(role ? { role } : {}),
    ...(capabilities.length === 0 ? {} : { capabilities: [...new Set(capabilities)] }),
    ...(Object.keys(config).length === 0 ? {} : { config }),
    ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
  };
}
