import {
  agentNotFound,
  answerTooLarge,
  memoryChanged,
  memoryNotFound,
  notYourAgent,
} from '../agents/agent-errors.ts';
import type { AgentDirectory, MemoryStore } from '../agents/agent-ports.ts';
import { type AgentCaller, mayActFor, SHARED_AGENT } from '../agents/agent-row.ts';
import { entryOf } from '../agents/memory-view.ts';
import { isRemembered, type MemoryExpectation } from '../agents/memory-write.ts';
import { versionOfIfMatch } from '../contract/if-match-schema.ts';
import { checkInput } from '../contract/input-errors.ts';
import { LIMITS } from '../contract/limits.ts';
import { ifNoneMatchSchema, type MemoryEntry, memoryInputSchema } from '../contract/memory-schema.ts';
import { type InputError, validationFailed } from '../errors.ts';
import type { Clock } from '../ports.ts';

export interface MemoryDeps {
  readonly agents: Pick<AgentDirectory, 'ownerOf'>;
  readonly memory: MemoryStore;
  readonly clock: Clock;
  readonly newWriteId: () => string;
}

export interface MemoryCall extends AgentCaller {
  readonly agentId: string;
}

export interface MemoryWriteCall extends MemoryCall {
  readonly key: string;
  /** The headers, where they are sent. */
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
}

/** The entries of those keys that have one. Throws a DomainError where the caller may not, or there is too much. */
export async function readMemories(
  deps: MemoryDeps,
  call: MemoryCall & { readonly keys: readonly string[] },
): Promise<readonly MemoryEntry[]> {
  await demandAccess(deps, call);
  const keys = [...new Set(call.keys)];
  const items = await deps.memory.read(call.agentId, keys);
  const nowMs = deps.clock.nowMs();
  const found = keys.flatMap((key) => {
    const item = items.get(key);
    return isRemembered(item, nowMs) ? [{ key, item }] : [];
  });
  const bytes = found.reduce((sum, { item }) => sum + Buffer.byteLength(item.value), 0);
  if (bytes > LIMITS.answerBytes) throw answerTooLarge(bytes, LIMITS.answerBytes);
  return found.map(({ key, item }) => entryOf(key, item));
}

/** One entry. Throws `memory_not_found`. */
export async function readMemory(
  deps: MemoryDeps,
  call: MemoryCall & { readonly key: string },
): Promise<MemoryEntry> {
  const [entry] = await readMemories(deps, { ...call, keys: [call.key] });
  if (entry === undefined) throw memoryNotFound(call.agentId, call.key);
  return entry;
}

/** Puts an entry. Throws `version_mismatch` where it is not the expected one. */
export async function putMemory(
  deps: MemoryDeps,
  call: MemoryWriteCall & { readonly body: unknown },
): Promise<{ readonly isNew: boolean; readonly answer: MemoryEntry }> {
  const input = checkInput(memoryInputSchema, call.body);
  const expected = expectationOf(call);
  const errors = [...(input.ok ? [] : input.errors), ...(expected.ok ? [] : expected.errors)];
  if (!input.ok || !expected.ok || errors.length > 0) throw validationFailed(errors);
  await demandAccess(deps, call);

  const { agentId, key } = call;
  const nowMs = deps.clock.nowMs();
  const value = JSON.stringify(input.value.value);
  const { ttl_seconds } = input.value;
  const life = ttl_seconds === undefined ? {} : { forgottenAtMs: nowMs + ttl_seconds * 1000 };
  const write = { agentId, key, value, ...life, expect: expected.value, nowMs, writeId: deps.newWriteId() };
  const outcome = await deps.memory.write(write);
  if (outcome.kind !== 'written') throw memoryChanged(key, outcome.version);
  const { forgottenAtMs: forgotten_at } = write;
  const item = { value, version: outcome.version, ...(forgotten_at === undefined ? {} : { forgotten_at }) };
  return { isNew: outcome.isNew, answer: entryOf(key, item) };
}

/** Deletes an entry, if there is one. Throws `version_mismatch` where it is not the expected one. */
export async function deleteMemory(deps: MemoryDeps, call: MemoryWriteCall): Promise<void> {
  const expected = expectationOf({ ...call, ifNoneMatch: undefined });
  if (!expected.ok) throw validationFailed(expected.errors);
  await demandAccess(deps, call);
  const { agentId, key } = call;
  const stamp = { nowMs: deps.clock.nowMs(), writeId: deps.newWriteId() };
  const outcome = await deps.memory.write({ agentId, key, expect: expected.value, ...stamp });
  if (outcome.kind === 'mismatch') throw memoryChanged(key, outcome.version);
}

/** The shared memory belongs to all; that of an agent to who has registered it, and to admins. */
async function demandAccess({ agents }: MemoryDeps, call: MemoryCall): Promise<void> {
  if (call.agentId === SHARED_AGENT) return;
  const owner = await agents.ownerOf(call.agentId);
  if (owner === undefined) throw agentNotFound(call.agentId);
  if (!mayActFor(owner, call)) throw notYourAgent(call.agentId);
}

type Expected =
  | { readonly ok: true; readonly value: MemoryExpectation }
  | { readonly ok: false; readonly errors: readonly InputError[] };

/** What the headers demand. */
function expectationOf({ ifMatch, ifNoneMatch }: MemoryWriteCall): Expected {
  if (ifMatch !== undefined && ifNoneMatch !== undefined) {
    const message = 'If-Match and If-None-Match exclude each other; send one of them';
    return { ok: false, errors: [{ path: '/if-none-match', message }] };
  }
  if (ifMatch === '*') return { ok: true, value: { kind: 'present' } };
  if (ifMatch !== undefined) {
    return { ok: true, value: { kind: 'version', version: versionOfIfMatch(ifMatch) } };
  }
  if (ifNoneMatch === undefined) return { ok: true, value: { kind: 'any' } };
  const none = checkInput(ifNoneMatchSchema, ifNoneMatch, '/if-none-match');
  return none.ok ? { ok: true, value: { kind: 'absent' } } : none;
}
