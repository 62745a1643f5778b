import type { MemoryEntry } from '../core/contract/memory-schema.ts';
import { agentPath } from './agent-path.ts';
import type { CallOptions } from './call-options.ts';
import { TasklaneError } from './tasklane-error.ts';
import type { Transport } from './transport.ts';

export interface MemoryPutOptions extends CallOptions {
  /** Seconds until the entry is forgotten. @default it stays */
  readonly ttlSeconds?: number;
  /** Only over this version of the entry, as it was read. @default whatever is there */
  readonly ifVersion?: number;
  /** Only where there is no entry. @default whatever is there */
  readonly ifAbsent?: boolean;
}

export interface MemoryDeleteOptions extends CallOptions {
  /** Only this version of the entry, as it was read. @default whatever is there */
  readonly ifVersion?: number;
}

/**
 * The memory of one agent. A write with a condition throws `version_mismatch` where it does not hold, and is never
 * sent again by itself: had its answer been lost, it would meet its own entry.
 */
export class AgentMemoryClient {
  readonly #transport: Transport;
  readonly #path: string;

  constructor(transport: Transport, agentId: string) {
    this.#transport = transport;
    this.#path = `${agentPath(agentId)}/memory`;
  }

  /** The entry of a key; undefined where there is none. */
  async get(key: string, { signal }: CallOptions = {}): Promise<MemoryEntry | undefined> {
    try {
      const call = { method: 'GET', path: this.#pathOf(key), repeatable: true } as const;
      return await this.#transport.call({ ...call, signal });
    } catch (error) {
      if (error instanceof TasklaneError && error.code === 'memory_not_found') return undefined;
      throw error;
    }
  }

  /** The entries of those keys that have one, up to 100 keys, in their order. */
  async getMany(keys: readonly string[], { signal }: CallOptions = {}): Promise<readonly MemoryEntry[]> {
    const query = { keys: keys.join(',') };
    const call = { method: 'GET', path: this.#path, query, repeatable: true } as const;
    return (await this.#transport.call<{ items: readonly MemoryEntry[] }>({ ...call, signal })).items;
  }

  async put(key: string, value: unknown, options: MemoryPutOptions = {}): Promise<MemoryEntry> {
    const { ttlSeconds, ifAbsent = false, ifVersion, signal } = options;
    return await this.#transport.call({
      method: 'PUT',
      path: this.#pathOf(key),
      body: { value, ...(ttlSeconds === undefined ? {} : { ttl_seconds: ttlSeconds }) },
      headers: { ...ifMatch(ifVersion), ...(ifAbsent ? { 'if-none-match': '*' } : {}) },
      repeatable: !ifAbsent && ifVersion === undefined,
      signal,
    });
  }

  /** Deletes the entry, if there is one. */
  async delete(key: string, { ifVersion, signal }: MemoryDeleteOptions = {}): Promise<void> {
    await this.#transport.call({
      method: 'DELETE',
      path: this.#pathOf(key),
      headers: ifMatch(ifVersion),
      repeatable: ifVersion === undefined,
      signal,
    });
  }

  #pathOf(key: string): string {
    return `${this.#path}/${encodeURIComponent(key)}`;
  }
}

function ifMatch(version: number | undefined): Readonly<Record<string, string>> {
  return version === undefined ? {} : { 'if-match': `"${version}"` };
}
