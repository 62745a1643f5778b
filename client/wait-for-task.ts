import type { TaskHistory } from '../core/contract/history-schema.ts';
import type { Task } from '../core/contract/task-schema.ts';
import { isPassing } from './transport.ts';
import { waitMs } from './wait-ms.ts';

export interface WaitOptions {
  /** How long to wait in all, in milliseconds. @default 10 minutes */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface WaitCalls {
  /** The task, when it has ended or after so many seconds. */
  readonly get: (waitSeconds: number) => Promise<Task>;
  readonly history: () => Promise<TaskHistory>;
  /** @default a timer */
  readonly wait?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

const DEFAULT_TIMEOUT_MS = 600_000;
/** What the API waits at the most. */
const MAX_WAIT_SECONDS = 25;
/** Between looks at the history: half a second at first, then longer by half, up to 5 s. */
const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 5000;

/**
 * Waits for a task's end by long polls. Where these are refused, because too many clients wait, it looks at the
 * history in pauses instead, and then asks for the task again.
 */
export async function waitForTask(calls: WaitCalls, taskId: string, options: WaitOptions): Promise<Task> {
  const { timeoutMs = DEFAULT_TIMEOUT_MS, signal } = options;
  const { wait = waitMs } = calls;
  const endMs = performance.now() + timeoutMs;
  let pauseMs = FIRST_PAUSE_MS;
  let seen = 'unknown';

  for (;;) {
    const leftMs = Math.max(0, endMs - performance.now());
    const waitSeconds = Math.min(MAX_WAIT_SECONDS, Math.floor(leftMs / 1000));
    const task = await unlessPassing(calls.get(waitSeconds), signal);
    if (task !== undefined && isEnded(task.status)) return task;
    seen = task?.status ?? seen;
    if (leftMs === 0) throw new Error(`task ${taskId} has not ended within ${timeoutMs} ms: it is ${seen}`);
    if (task !== undefined && waitSeconds > 0) continue;

    do {
      await wait(Math.min(pauseMs, Math.max(0, endMs - performance.now())), signal);
      pauseMs = Math.min(pauseMs * 1.5, MAX_PAUSE_MS);
      seen = (await calls.history()).items.at(-1)?.to ?? seen;
    } while (!isEnded(seen) && performance.now() < endMs);
  }
}

async function unlessPassing<T>(asked: Promise<T>, signal: AbortSignal | undefined): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (signal?.aborted || !isPassing(error)) throw error;
    return undefined;
  }
}

function isEnded(status: string): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}
