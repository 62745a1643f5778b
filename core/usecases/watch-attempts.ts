import type { Clock, MessageHolder, ReceivedMessage, TaskStore } from '../ports.ts';
import type { TaskRow } from '../task-row.ts';
import { heartbeatWrite, judgeWatched, type StopReason, WATCH_INTERVAL_MS } from '../watch.ts';

export interface WatchDeps {
  readonly tasks: Pick<TaskStore, 'readAll' | 'write'>;
  readonly messages: MessageHolder;
  readonly clock: Pick<Clock, 'nowMs' | 'monotonicMs'>;
  readonly leaseMs: number;
  /** Calls `look` every so many milliseconds, until what it returns is called. */
  readonly every: (ms: number, look: () => void) => () => void;
  /** Told when a look could not be taken; the next one follows. */
  readonly onBlindLook: (error: unknown) => void;
}

/** An attempt that runs, as it is watched. */
export interface WatchedAttempt {
  readonly row: TaskRow;
  /** The messages that would bring the task back. */
  readonly messages: readonly Pick<ReceivedMessage, 'receiptHandle'>[];
  readonly claimSentAtMs: number;
}

interface Running extends WatchedAttempt {
  readonly stop: AbortController;
  leaseSentAtMs: number;
  leaseEndsAt: number;
  /** The ends that its heartbeats have sent: one without an answer may be written all the same, and late. */
  readonly sentEnds: Set<number>;
}

/** How much longer than its lease a message stays hidden: who receives it then finds the lease over. */
export const VISIBILITY_MARGIN_SECONDS = 10;

/**
 * Looks after the attempts of a batch while any runs for longer than two seconds: every two seconds it reads the
 * rows of all that run at once, stops those whose cancel was requested or whose lease is no longer theirs, and
 * extends leases and messages of which half the time is gone. Batches of short attempts pay nothing.
 */
export class AttemptWatch {
  readonly #deps: WatchDeps;
  readonly #running = new Set<Running>();
  #endLooks: (() => void) | undefined;
  #isLooking = false;

  constructor(deps: WatchDeps) {
    this.#deps = deps;
  }

  /** From now on until `run` has ended the attempt is watched; its signal aborts with a StopReason. */
  async during<T>(attempt: WatchedAttempt, run: (stop: AbortSignal) => Promise<T>): Promise<T> {
    const running: Running = {
      ...attempt,
      stop: new AbortController(),
      leaseSentAtMs: attempt.claimSentAtMs,
      leaseEndsAt: attempt.row.claimable_at,
      sentEnds: new Set(),
    };
    this.#running.add(running);
    this.#endLooks ??= this.#deps.every(WATCH_INTERVAL_MS, () => void this.look());
    try {
      return await run(running.stop.signal);
    } finally {
      this.#running.delete(running);
      if (this.#running.size === 0) {
        this.#endLooks?.();
        this.#endLooks = undefined;
      }
    }
  }

  /** Takes one look; while one is being taken, another is none. */
  async look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      await this.#lookAtAll();
    } catch (error) {
      this.#deps.onBlindLook(error);
      this.#stopWithoutLease();
    } finally {
      this.#isLooking = false;
    }
  }

  async #lookAtAll(): Promise<void> {
    const { tasks } = this.#deps;
    const due = [...this.#running].filter(({ stop }) => !stop.signal.aborted);
    if (due.length === 0) return;
    const rows = await tasks.readAll(due.map(({ row }) => row.task_id));
    for (const running of due) {
      stopUnlessOwn(running, rows.get(running.row.task_id));
    }
    await this.#extend(due.filter((running) => !running.stop.signal.aborted && this.#isHalfOver(running)));
    this.#stopWithoutLease();
  }

  #isHalfOver({ leaseSentAtMs }: Running): boolean {
    return this.#deps.clock.monotonicMs() - leaseSentAtMs >= this.#deps.leaseMs / 2;
  }

  async #extend(due: readonly Running[]): Promise<void> {
    if (due.length === 0) return;
    const { clock, tasks, messages, leaseMs } = this.#deps;
    const sentAtMs = clock.monotonicMs();
    const nextEndsAt = clock.nowMs() + leaseMs;
    const delaySeconds = Math.ceil(leaseMs / 1000) + VISIBILITY_MARGIN_SECONDS;
    const outcomes = await tasks.write(
      due.map((running) => heartbeatWrite(running.row, { endsAt: running.leaseEndsAt, nextEndsAt })),
    );
    const extended: Running[] = [];
    for (const [index, running] of due.entries()) {
      const outcome = outcomes[index];
      running.sentEnds.add(nextEndsAt);
      if (outcome?.kind === 'applied') running.leaseEndsAt = nextEndsAt;
      if (outcome?.kind === 'refused') stopUnlessOwn(running, outcome.row);
      if (running.leaseEndsAt === nextEndsAt) {
        running.leaseSentAtMs = sentAtMs;
        extended.push(running);
      }
    }
    const hidden = extended.flatMap((running) =>
      running.messages.map(({ receiptHandle }) => ({ receiptHandle, delaySeconds })),
    );
    if (hidden.length > 0) await messages.putBack(hidden);
  }

  /** By the own clock alone: an attempt whose lease is over may have a successor. */
  #stopWithoutLease(): void {
    const { clock, leaseMs } = this.#deps;
    for (const running of this.#running) {
      if (clock.monotonicMs() - running.leaseSentAtMs >= leaseMs) stop(running, 'lease_lost');
    }
  }
}

/** Stops an attempt whose row says so; a lease that one of its own heartbeats has written is its own. */
function stopUnlessOwn(running: Running, row: TaskRow | undefined): void {
  const isOwnEnd = row?.attempt === running.row.attempt && running.sentEnds.has(row.claimable_at);
  if (isOwnEnd) running.leaseEndsAt = row.claimable_at;
  const judged = judgeWatched(row, running.row, running.leaseEndsAt);
  if (judged !== 'go_on') stop(running, judged);
}

function stop(running: Running, reason: StopReason): void {
  running.stop.abort(reason);
}
