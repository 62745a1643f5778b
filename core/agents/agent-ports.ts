import type { AgentPresence, AgentRow, KnownAgent } from './agent-row.ts';
import type { CountedBlock, TaskStates } from './agent-totals.ts';
import type { MemoryItem, MemoryOutcome, MemoryWrite } from './memory-write.ts';

/** The registered agents. */
export interface AgentDirectory {
  /** The agents that are there, by id, consistently. */
  read(agentIds: readonly string[]): Promise<ReadonlyMap<string, KnownAgent>>;
  /** Who registered an agent; undefined where nobody did. */
  ownerOf(agentId: string): Promise<string | undefined>;
  /** Registers a new agent, heard of at `updated_at`; false where one of its id is there. */
  create(row: AgentRow): Promise<boolean>;
  /** Registers an agent that is there anew, heard of at `updated_at`. */
  replace(row: AgentRow): Promise<void>;
  /** Notes when an agent that is there was last heard of; what it says of its resources takes the place of before. */
  heard(agentId: string, presence: Omit<AgentPresence, 'tenant'>): Promise<void>;
  /** Positions of agents in the list of all, newest first, below a position; fewer than `limit` only at its end. */
  list(query: { readonly below: string; readonly limit: number }): Promise<readonly string[]>;
}

/** The memories of all agents. */
export interface MemoryStore {
  /** Entries that are there, by key, consistently; also those that nobody sees any more. */
  read(agentId: string, keys: readonly string[]): Promise<ReadonlyMap<string, MemoryItem>>;
  /** Throws where it is not certain what became of the write. */
  write(write: MemoryWrite): Promise<MemoryOutcome>;
}

/** The tasks of agents, for counting. Both may be a moment behind. */
export interface AgentTasks {
  /** `listed_at` of an agent's tasks above a position, oldest first; fewer than `limit` only where there are no more. */
  entries(query: {
    readonly agentId: string;
    readonly after: string;
    readonly limit: number;
  }): Promise<readonly string[]>;
  /** The states of the tasks that are there. */
  states(taskIds: readonly string[]): Promise<TaskStates>;
}

/** What was counted before; anything of it may be lost. */
export interface CountedTasks {
  /** The blocks of an agent, in order. */
  blocks(agentId: string): Promise<readonly CountedBlock[]>;
  put(agentId: string, blocks: readonly CountedBlock[]): Promise<void>;
}
