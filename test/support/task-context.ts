import * as z from 'zod';
import type { MemoryStore } from '../../core/agents/agent-ports.ts';
import { taskMemoryOf } from '../../functions/executor/task-memory.ts';
import { systemClock } from '../../functions/shared/system-clock.ts';
import type { TaskDefinition } from '../../functions/tasks/define-task.ts';
import type { TaskContext } from '../../functions/tasks/task-context.ts';
import { InMemoryMemory } from './in-memory-memory.ts';

const silent = () => {};

export interface TaskContextOptions {
  /** @default one that never aborts */
  readonly signal?: AbortSignal;
  /** @default 30 */
  readonly timeoutSeconds?: number;
  /** Whose task it is. @default nobody's */
  readonly agentId?: string;
  /** What agents remember. @default nothing */
  readonly memory?: MemoryStore;
}

/** What the executor gives a handler, for a payload as a caller sends it. Throws if the schema refuses it. */
export function taskContext<Schema extends z.core.$ZodType>(
  definition: TaskDefinition<Schema>,
  payload: unknown,
  options: TaskContextOptions = {},
): TaskContext<z.output<Schema>> {
  const { signal = new AbortController().signal, timeoutSeconds = 30, agentId } = options;
  const { memory = new InMemoryMemory() } = options;
  return {
    payload: z.parse(definition.input, payload),
    task: {
      task_id: 'task-1',
      type: definition.type,
      name: '',
      priority: 5,
      agent_id: agentId ?? null,
      attempt: 1,
      created_at: '2026-11-21T10:00:00.000Z',
      timeout_seconds: timeoutSeconds,
      metadata: {},
      tags: [],
    },
    signal,
    log: { debug: silent, info: silent, warn: silent, error: silent },
    progress: silent,
    memory: taskMemoryOf({ memory, clock: systemClock, newWriteId: () => crypto.randomUUID() }, agentId),
    metric: silent,
    checkpoint: { saved: undefined, save: async () => {} },
  };
}

/** The problems that a definition's schema finds in a payload: `[path, message]`, the path as a JSON pointer. */
export function payloadProblems(definition: TaskDefinition, payload: unknown): readonly [string, string][] {
  const { error } = z.safeParse(definition.input, payload);
  return (error?.issues ?? []).map(({ path, message }) => [
    path.map((part) => `/${String(part)}`).join(''),
    message,
  ]);
}
