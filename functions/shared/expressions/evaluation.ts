/** What an expression process is asked. */
export interface EvaluationRequest {
  readonly expression: string;
  /** The input as JSON text, parsed where the expression runs. */
  readonly input: string;
  readonly timeLimitMs: number;
}

/**
 * Why an evaluation came to nothing: `input` is no JSON; the `expression` failed by itself; it took too much
 * `time` or `memory`; its `result` is no JSON value, or too large.
 */
export type EvaluationFailure = 'input' | 'expression' | 'time' | 'memory' | 'result';

/** What came of an evaluation. The value is plain JSON; no match at all is null. */
export type Evaluation = { readonly ok: true; readonly value: unknown } | FailedEvaluation;

export interface FailedEvaluation {
  readonly ok: false;
  readonly reason: EvaluationFailure;
  readonly message: string;
  /** JSONata's `code`, `position` and `token`, where the expression failed by itself. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** An evaluation that was ended because its time was over. */
export function tookTooLong(timeLimitMs: number): FailedEvaluation {
  const message = `it did not end within ${timeLimitMs / 1000} s`;
  return { ok: false, reason: 'time', message, details: { limit_seconds: timeLimitMs / 1000 } };
}
