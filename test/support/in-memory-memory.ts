import type { MemoryStore } from '../../core/agents/agent-ports.ts';
import {
  judgeMemoryWrite,
  type MemoryItem,
  type MemoryOutcome,
  type MemoryWrite,
  writtenItem,
} from '../../core/agents/memory-write.ts';

/** The memories of agents, in memory: the same writes, by the same meaning. */
export class InMemoryMemory implements MemoryStore {
  readonly items = new Map<string, MemoryItem>();

  async read(agentId: string, keys: readonly string[]): Promise<ReadonlyMap<string, MemoryItem>> {
    return new Map(
      keys.flatMap((key) => {
        const item = this.items.get(`${agentId}#${key}`);
        return item === undefined ? [] : [[key, item] as const];
      }),
    );
  }

  async write(write: MemoryWrite): Promise<MemoryOutcome> {
    const place = `${write.agentId}#${write.key}`;
    const before = this.items.get(place);
    if (before?.write_id === write.writeId)
      return { kind: 'written', version: before.version, isNew: write.expect.kind === 'absent' };
    const outcome = judgeMemoryWrite(before, write);
    if (outcome.kind === 'written')
      this.items.set(place, { ...writtenItem(write), version: outcome.version });
    return outcome;
  }
}
