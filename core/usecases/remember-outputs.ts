import type { MemoryStore } from '../agents/agent-ports.ts';
import type { Remembering } from '../agents/remembering.ts';
import { LIMITS } from '../contract/limits.ts';
import type { Clock, ResultStore } from '../ports.ts';

export interface RememberDeps {
  readonly results: Pick<ResultStore, 'ofAttempt'>;
  readonly memory: Pick<MemoryStore, 'write'>;
  readonly clock: Clock;
  readonly onTrouble: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

/**
 * Remembers outputs, and tells the tasks for which that is still to be done.
 *
 * Each is written as of the moment at which its task completed, and only where nothing is as new: whatever was put
 * or deleted since stays, and the same again finds itself. So a record may come twice, late, and in any order.
 */
export async function rememberOutputs(
  deps: RememberDeps,
  rememberings: readonly Remembering[],
): Promise<readonly string[]> {
  const outcomes = await Promise.allSettled(rememberings.map((one) => remember(deps, one)));
  return rememberings
    .filter((_, index) => outcomes[index]?.status === 'rejected')
    .map(({ taskId }) => taskId);
}

async function remember(deps: RememberDeps, remembering: Remembering): Promise<void> {
  const { taskId, resultId = taskId, attempt, agentId, key, atMs } = remembering;
  const value = remembering.output ?? (await deps.results.ofAttempt(resultId, attempt))?.output;
  const trouble = whyNot(value);
  if (value === undefined || trouble !== undefined) {
    const fields = { task_id: taskId, attempt, agent_id: agentId, remember: key, reason: trouble };
    return deps.onTrouble('an output is not remembered', fields);
  }
  await deps.memory.write({
    agentId,
    key,
    value,
    expect: { kind: 'older', thanMs: atMs },
    nowMs: deps.clock.nowMs(),
    writeId: `${taskId}#${attempt}`,
  });
}

/** Why an output can never be remembered. */
function whyNot(output: string | undefined): string | undefined {
  if (output === undefined) return 'it is gone, or too large for the results table';
  const bytes = Buffer.byteLength(output);
  if (bytes <= LIMITS.memoryBytes) return undefined;
  return `it has ${bytes} bytes of JSON; at most ${LIMITS.memoryBytes} are remembered`;
}
