import type { MemoryStore } from '../../core/agents/agent-ports.ts';
import { SHARED_AGENT } from '../../core/agents/agent-row.ts';
import { entryOf } from '../../core/agents/memory-view.ts';
import { isRemembered, type MemoryExpectation, type MemoryOutcome } from '../../core/agents/memory-write.ts';
import { idSchema } from '../../core/contract/identifiers.ts';
import { checkInput } from '../../core/contract/input-errors.ts';
import { LIMITS } from '../../core/contract/limits.ts';
import { type MemoryEntry, memoryInputSchema } from '../../core/contract/memory-schema.ts';
import type { Clock } from '../../core/ports.ts';
import { TaskError } from '../../core/task-error.ts';
import type { AgentMemory, MemoryPutOptions, TaskMemory } from '../tasks/task-memory.ts';

export interface TaskMemoryDeps {
  readonly memory: MemoryStore;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly newWriteId: () => string;
}

/** The memories that a handler of a task sees. */
export function taskMemoryOf(deps: TaskMemoryDeps, agentId: string | undefined): TaskMemory {
  const shared = memoryOf(deps, SHARED_AGENT);
  return { ...(agentId === undefined ? NO_MEMORY : memoryOf(deps, agentId)), shared };
}

function memoryOf(deps: TaskMemoryDeps, agentId: string): AgentMemory {
  const { memory, clock } = deps;
  const getMany = async (keys: readonly string[]): Promise<readonly MemoryEntry[]> => {
    const wanted = [...new Set(keys)].map(checkedKey);
    if (wanted.length > LIMITS.memoryKeys)
      throw notValid(`${wanted.length} keys; at most ${LIMITS.memoryKeys} are read at once`);
    const items = await asked(() => memory.read(agentId, wanted));
    return wanted.flatMap((key) => {
      const item = items.get(key);
      return isRemembered(item, clock.nowMs()) ? [entryOf(key, item)] : [];
    });
  };
  const write = async (key: string, options: MemoryPutOptions, put: { value: string } | undefined) => {
    const nowMs = clock.nowMs();
    const { ttlSeconds } = options;
    const life = ttlSeconds === undefined ? {} : { forgottenAtMs: nowMs + ttlSeconds * 1000 };
    const expect = expectationOf(options);
    const stamp = { nowMs, writeId: deps.newWriteId() };
    const outcome = await asked(() =>
      memory.write({ agentId, key: checkedKey(key), expect, ...put, ...life, ...stamp }),
    );
    if (outcome.kind === 'mismatch') throw changed(key, outcome);
    return { outcome, life };
  };

  return {
    get: async (key) => (await getMany([key]))[0],
    getMany,
    put: async (key, value, options = {}) => {
      const text = textOf(value, options.ttlSeconds);
      const { outcome, life } = await write(key, options, { value: text });
      if (outcome.kind !== 'written') throw changed(key, outcome);
      const { forgottenAtMs: forgotten_at } = life as { readonly forgottenAtMs?: number };
      return entryOf(key, {
        value: text,
        version: outcome.version,
        ...(forgotten_at === undefined ? {} : { forgotten_at }),
      });
    },
    delete: async (key, options = {}) => {
      await write(key, options, undefined);
    },
  };
}

const noAgent = (): Promise<never> => {
  const text = 'the task has no agent_id, so there is no memory of its agent; use memory.shared';
  return Promise.reject(new TaskError('no_agent', text, { retryable: false }));
};

const NO_MEMORY: AgentMemory = { get: noAgent, getMany: noAgent, put: noAgent, delete: noAgent };

function checkedKey(key: string): string {
  const checked = checkInput(idSchema, key);
  if (checked.ok) return checked.value;
  throw notValid(`${JSON.stringify(String(key).slice(0, 60))} is no key: ${checked.errors[0]?.message}`);
}

/** The value's JSON text, within the limits that a caller of the API has. */
function textOf(value: unknown, ttlSeconds: number | undefined): string {
  const text = jsonOf(value);
  const checked = checkInput(memoryInputSchema, {
    value: JSON.parse(text),
    ...(ttlSeconds === undefined ? {} : { ttl_seconds: ttlSeconds }),
  });
  if (checked.ok) return text;
  throw notValid(checked.errors.map(({ path, message }) => `${path.slice(1)}: ${message}`).join('; '));
}

function jsonOf(value: unknown): string {
  try {
    const text: string | undefined = JSON.stringify(value);
    if (text !== undefined) return text;
  } catch (cause) {
    throw notValid(`the value is no JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  throw notValid(`the value is no JSON: it is ${typeof value}`);
}

function expectationOf({ ifVersion, ifAbsent }: MemoryPutOptions): MemoryExpectation {
  if (ifVersion !== undefined && ifAbsent)
    throw notValid('ifVersion and ifAbsent exclude each other; give one of them');
  if (ifVersion !== undefined && !Number.isSafeInteger(ifVersion))
    throw notValid(`${ifVersion} is no version; give the one that was read`);
  if (ifAbsent) return { kind: 'absent' };
  return ifVersion === undefined ? { kind: 'any' } : { kind: 'version', version: ifVersion };
}

async function asked<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    if (cause instanceof TaskError) throw cause;
    throw new TaskError('memory_unavailable', 'the memory did not answer', { cause });
  }
}

function changed(key: string, { version }: MemoryOutcome): TaskError {
  const found = version === undefined ? 'there is no such entry' : `its version is ${version}`;
  return new TaskError('version_mismatch', `${key} is not as expected: ${found}; read it again`);
}

function notValid(text: string): TaskError {
  return new TaskError('validation_failed', text, { retryable: false });
}
