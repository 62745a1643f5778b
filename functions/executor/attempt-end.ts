import { type AttemptBounds, type Bound, firstBound } from '../../core/attempt-bounds.ts';
import { deadlineExceeded } from '../../core/deadline.ts';
import { TaskError } from '../../core/task-error.ts';
import type { TaskRow } from '../../core/task-row.ts';

/** Milliseconds that a handler has, once told to stop, before its attempt ends without it. */
const STOP_GRACE_MS = 1000;

/** What the signal says to whatever a handler has left running; made once, since a stack trace costs more than an echo. */
const ATTEMPT_OVER = new TaskError('aborted', 'the attempt is over', { retryable: false });

/** The task's deadline came while an attempt ran: nothing is tried again. */
export class DeadlinePassed extends TaskError {}

/** What ends an attempt from outside. */
export interface AttemptEnd {
  /** Told to the handler; made for one that asks, the others pay nothing. */
  readonly signal: AbortSignal;
  /** Rejects when the attempt is to end, whatever its handler does. */
  readonly reached: Promise<never>;
  /** The attempt has ended: nothing of it shall go on. */
  over(): void;
}

/** The handler is told when the first bound has come (and the attempt ends), or when it is to stop (soon after). */
export function startEnd(row: TaskRow, bounds: AttemptBounds, nowMs: number, stop: AbortSignal): AttemptEnd {
  const { promise: reached, reject } = Promise.withResolvers<never>();
  const timers: NodeJS.Timeout[] = [];
  let told: TaskError | undefined;
  let controller: AbortController | undefined;
  const tell = (error: TaskError) => {
    told ??= error;
    controller?.abort(told);
  };
  const endAfter = (ms: number, makeError: () => TaskError) => {
    timers.push(
      setTimeout(() => {
        const error = makeError();
        reject(error);
        tell(error);
      }, ms),
    );
  };
  const bound = firstBound(bounds, nowMs);
  endAfter(bound.afterMs, () => errorOf(bound, row, bounds));

  const onStop = () => {
    tell(new TaskError(String(stop.reason), 'the attempt was stopped', { retryable: false }));
    timers.push(setTimeout(() => reject(told), STOP_GRACE_MS));
  };
  if (stop.aborted) onStop();
  else stop.addEventListener('abort', onStop, { once: true });
  return {
    get signal() {
      if (controller === undefined) {
        controller = new AbortController();
        if (told !== undefined) controller.abort(told);
      }
      return controller.signal;
    },
    reached,
    over: () => {
      for (const timer of timers) clearTimeout(timer);
      stop.removeEventListener('abort', onStop);
      tell(ATTEMPT_OVER);
    },
  };
}

function errorOf({ reason, afterMs }: Bound, row: TaskRow, { timeoutSeconds }: AttemptBounds): TaskError {
  switch (reason) {
    case 'deadline':
      return deadlinePassed(row);
    case 'timeout':
      return new TaskError('timeout', `the attempt took longer than ${timeoutSeconds} s (timeout_seconds)`);
    case 'invocation': {
      const had = `${Math.max(0, Math.round(afterMs / 1000))} s of the ${timeoutSeconds} s (timeout_seconds)`;
      return new TaskError('timeout', `the attempt had ${had}: its executor is not given more time`);
    }
  }
}

function deadlinePassed(row: TaskRow): DeadlinePassed {
  const { code, message, details } = deadlineExceeded(row, row.deadline ?? 0);
  return new DeadlinePassed(code, message, {
    retryable: false,
    ...(details === undefined ? {} : { details }),
  });
}
