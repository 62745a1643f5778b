import type { ClaimsAnswer, HeartbeatAnswer, HeartbeatInput } from '../core/contract/claim-schemas.ts';
import type { Task } from '../core/contract/task-schema.ts';
import { agentPath } from './agent-path.ts';
import { TasklaneError } from './tasklane-error.ts';
import type { Transport } from './transport.ts';

/** What a handler of claimed tasks may use. */
export interface WorkContext {
  /** Aborts when the task is cancelled, its lease is lost, or the worker gives up draining. */
  readonly signal: AbortSignal;
  /** Tells how far the task is, 0 to 100, with the next heartbeat. */
  readonly progress: (percent: number, message?: string) => void;
}

/** Works on one claimed task: what it returns is the output, what it throws fails the attempt. */
export type WorkHandler = (task: Task, context: WorkContext) => Promise<unknown> | unknown;

export interface WorkOptions {
  /** Tasks at a time. @default 1 */
  readonly concurrency?: number;
  /** How long a claim holds a task between heartbeats, 10 to 3600. @default 60 */
  readonly leaseSeconds?: number;
  /** Ends the worker: it claims no more and ends when what it has is done. @default never, but on SIGTERM and SIGINT */
  readonly signal?: AbortSignal;
  /** Whether SIGTERM and SIGINT drain the worker, as `signal` does. @default true where there are processes */
  readonly drainOnSignals?: boolean;
  /** Told of what went wrong with a call; the worker goes on. @default nothing */
  readonly onTrouble?: (error: unknown) => void;
}

/** Fails a task for good: no other attempt will do better. */
export class FinalError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'FinalError';
    this.code = code;
  }
}

/** Seconds that a claim waits for tasks. */
const WAIT_SECONDS = 20;
/** Heartbeats within one lease. */
const BEATS_A_LEASE = 3;
const PAUSE_MS = 1000;

interface Held {
  readonly task: Task;
  readonly token: string;
  readonly stop: AbortController;
  progress: { percent: number; message: string } | undefined;
}

/** An agent's worker: claims tasks, keeps their leases, and reports what came of them. */
export class AgentWorker {
  readonly #transport: Transport;
  readonly #agentId: string;
  readonly #handler: WorkHandler;
  readonly #options: WorkOptions;
  /** By task: what it has claimed last. */
  readonly #held = new Map<string, Held>();
  /** Handlers at work; one whose lease was lost may be, beside the one that has the task again. */
  #atWork = 0;
  #free: () => void = () => undefined;

  constructor(transport: Transport, agentId: string, handler: WorkHandler, options: WorkOptions) {
    this.#transport = transport;
    this.#agentId = agentId;
    this.#handler = handler;
    this.#options = options;
  }

  /** Works until it is told to end, and then until what it has claimed is done. */
  async run(): Promise<void> {
    const drain = new AbortController();
    const forget = this.#drainBy(drain);
    const { leaseSeconds = 60 } = this.#options;
    const beat = setInterval(() => void this.#beat(), (leaseSeconds * 1000) / BEATS_A_LEASE);
    const running = new Set<Promise<void>>();
    try {
      while (!drain.signal.aborted) {
        const claimed = await this.#claim(drain.signal);
        for (const one of claimed) {
          const work = this.#work(one).finally(() => running.delete(work));
          running.add(work);
        }
        if (this.#atWork >= this.#concurrency) await this.#oneIsDone(drain.signal);
      }
      await Promise.all(running);
    } finally {
      clearInterval(beat);
      forget();
    }
  }

  get #concurrency(): number {
    return this.#options.concurrency ?? 1;
  }

  #drainBy(drain: AbortController): () => void {
    const { signal, drainOnSignals = typeof process !== 'undefined' } = this.#options;
    const end = () => drain.abort();
    if (signal?.aborted) end();
    signal?.addEventListener('abort', end, { once: true });
    if (drainOnSignals) for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, end);
    return () => {
      signal?.removeEventListener('abort', end);
      if (drainOnSignals) for (const name of ['SIGTERM', 'SIGINT'] as const) process.off(name, end);
    };
  }

  /**
   * A claim that is waiting when the worker is told to end is given up. Should the API have answered it at that
   * very moment, the tasks' leases end and somebody else gets them.
   */
  async #claim(signal: AbortSignal): Promise<readonly Held[]> {
    const { leaseSeconds = 60, onTrouble } = this.#options;
    const body = {
      max_tasks: this.#concurrency - this.#atWork,
      lease_seconds: leaseSeconds,
      wait_seconds: WAIT_SECONDS,
    };
    try {
      const path = `${agentPath(this.#agentId)}/claims`;
      const { claims } = await this.#post<ClaimsAnswer>(path, body, signal);
      return claims.map(({ task, lease_token: token }): Held => {
        const held: Held = { task: task as Task, token, stop: new AbortController(), progress: undefined };
        this.#held.get(task.task_id)?.stop.abort(new Error('the lease is lost'));
        this.#held.set(task.task_id, held);
        return held;
      });
    } catch (error) {
      if (signal.aborted) return [];
      onTrouble?.(error);
      await pause(PAUSE_MS, signal);
      return [];
    }
  }

  async #work(held: Held): Promise<void> {
    const { task, token, stop } = held;
    this.#atWork += 1;
    const path = `/tasks/${encodeURIComponent(task.task_id)}`;
    const context: WorkContext = {
      signal: stop.signal,
      progress: (percent, message = '') => {
        held.progress = { percent: Math.min(Math.max(percent, 0), 100), message };
      },
    };
    try {
      const output = (await this.#handler(await this.#withPayload(held), context)) ?? null;
      await this.#report(`${path}/complete`, { lease_token: token, output });
    } catch (error) {
      await this.#report(`${path}/fail`, { lease_token: token, error: failureOf(error) });
    } finally {
      this.#atWork -= 1;
      if (this.#held.get(task.task_id) === held) this.#held.delete(task.task_id);
      this.#free();
    }
  }

  /** The task with its payload, which may be too large for the claim that brought the task. */
  async #withPayload({ task, stop }: Held): Promise<Task> {
    const { payload_url, ...rest } = task;
    if (payload_url === undefined) return task;
    const answer = await this.#transport.link(payload_url, { signal: stop.signal });
    return { ...rest, payload: await answer.json() };
  }

  /** A report that cannot be made is left to the lease: somebody else gets the task. */
  async #report(path: string, body: unknown): Promise<void> {
    try {
      await this.#post(path, body);
    } catch (error) {
      this.#options.onTrouble?.(error);
    }
  }

  async #beat(): Promise<void> {
    if (this.#held.size === 0) return;
    // What is answered is told of these very leases: by then the worker may have a task again, by another.
    const told = new Map(this.#held);
    const leases: HeartbeatInput['leases'] = [...told.values()].map(({ task, token, progress }) => ({
      task_id: task.task_id,
      lease_token: token,
      ...(progress === undefined ? {} : { progress }),
    }));
    try {
      const path = `${agentPath(this.#agentId)}/heartbeat`;
      const answer = await this.#post<HeartbeatAnswer>(path, { leases });
      for (const lease of answer.leases) {
        if ('code' in lease) told.get(lease.task_id)?.stop.abort(new Error('the lease is lost'));
        else if (lease.cancel_requested)
          told.get(lease.task_id)?.stop.abort(new Error('the task is cancelled'));
      }
    } catch (error) {
      this.#options.onTrouble?.(error);
    }
  }

  async #post<Answer>(path: string, body: unknown, signal?: AbortSignal): Promise<Answer> {
    // A heartbeat and a report may be made twice; a claim whose answer was lost only waits for its leases.
    return await this.#transport.call({ method: 'POST', path, body, repeatable: true, signal });
  }

  async #oneIsDone(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#free = resolve;
      signal.addEventListener('abort', () => resolve(), { once: true });
      if (this.#atWork < this.#concurrency || signal.aborted) resolve();
    });
  }
}

function failureOf(error: unknown): { code: string; message: string; retryable: boolean } {
  if (error instanceof FinalError)
    return { code: error.code, message: error.message.slice(0, 2048), retryable: false };
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return {
    code: error instanceof TasklaneError ? error.code : 'handler_error',
    message: message.slice(0, 2048),
    retryable: true,
  };
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
