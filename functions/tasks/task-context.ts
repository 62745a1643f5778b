import type { TaskMemory } from './task-memory.ts';

/** The logger a handler gets: structured, with task_id, attempt and type as standing keys. */
export interface TaskLog {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** What a handler may know of the task it runs. */
export interface RunningTask {
  readonly task_id: string;
  readonly type: string;
  readonly name: string;
  readonly priority: number;
  readonly agent_id: string | null;
  readonly attempt: number;
  readonly created_at: string;
  readonly timeout_seconds: number;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly tags: readonly string[];
}

/** What the attempts of one task leave to each other, kept with the task. */
export interface Checkpoint {
  /** What was saved last, by whichever attempt; undefined before that. */
  readonly saved: unknown;
  /**
   * Keeps JSON (at most 64 KB) in place of what was saved before. Throws a TaskError when that is not certain, or
   * when the attempt is no longer the task's.
   */
  readonly save: (value: unknown) => Promise<void>;
}

/**
 * What a handler returns whose work needs more than one attempt: the task is queued again, and its next attempt
 * begins at once with the checkpoint of this one. It is no failure.
 */
export const GO_ON = Symbol('the task goes on in another attempt');

export interface TaskContext<Payload> {
  readonly payload: Payload;
  readonly task: RunningTask;
  /** Aborts when the attempt's time is over, the task is cancelled or the lease is lost. */
  readonly signal: AbortSignal;
  readonly log: TaskLog;
  /** Reports progress, 0 to 100; stored at most once a second. */
  readonly progress: (percent: number, message?: string) => void;
  /** What the task's agent, and all agents together, remember from task to task. */
  readonly memory: TaskMemory;
  /**
   * Counts something of the handler's own: rows, tokens, bytes. Values of one name add up, and are shown as
   * `usage.custom` of the result. Up to 20 names of 1 to 64 characters A-Z a-z 0-9 _ . : -; what goes beyond is
   * left out, with a warning in the log.
   */
  readonly metric: (name: string, value: number) => void;
  readonly checkpoint: Checkpoint;
}
