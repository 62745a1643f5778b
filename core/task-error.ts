/** What a handler may say beside code and message when it gives up. */
export interface TaskErrorOptions {
  /** Whether another attempt may succeed. @default true */
  readonly retryable?: boolean;
  /** Facts for the caller, stored with the error (a JSON object). @default none */
  readonly details?: Readonly<Record<string, unknown>>;
  /** Seconds to wait before the next attempt, instead of the policy's delay (an HTTP `Retry-After`). @default the policy's */
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/**
 * The failure of an attempt, as a handler reports it. Anything else that a handler throws becomes
 * `handler_error`, retryable.
 */
export class TaskError extends Error {
  readonly code: string;
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, unknown>> | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: string, message: string, options: TaskErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'TaskError';
    this.code = code;
    this.retryable = options.retryable ?? true;
    this.details = options.details;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
