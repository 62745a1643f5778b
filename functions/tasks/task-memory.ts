import type { MemoryEntry } from '../../core/contract/memory-schema.ts';

export interface MemoryPutOptions {
  /** Seconds until the entry is forgotten. @default it stays */
  readonly ttlSeconds?: number;
  /** Only over this version of the entry, as it was read. @default whatever is there */
  readonly ifVersion?: number;
  /** Only where there is no entry. @default whatever is there */
  readonly ifAbsent?: boolean;
}

export interface MemoryDeleteOptions {
  /** Only this version of the entry, as it was read. @default whatever is there */
  readonly ifVersion?: number;
}

/**
 * What an agent remembers from task to task, or all of them share: JSON values of up to 256 KB under keys.
 *
 * Every method throws a TaskError: `version_mismatch` (the entry is not the expected one), `validation_failed` (not
 * retryable), `memory_unavailable`.
 */
export interface AgentMemory {
  /** The entry of a key; undefined where there is none. */
  get(key: string): Promise<MemoryEntry | undefined>;
  /** The entries of those keys that have one, up to 100 keys, in their order. */
  getMany(keys: readonly string[]): Promise<readonly MemoryEntry[]>;
  put(key: string, value: unknown, options?: MemoryPutOptions): Promise<MemoryEntry>;
  /** Deletes the entry, if there is one. */
  delete(key: string, options?: MemoryDeleteOptions): Promise<void>;
}

/** The memory of the task's agent (`no_agent` for a task without agent_id), and the one that all share. */
export interface TaskMemory extends AgentMemory {
  readonly shared: AgentMemory;
}
