/** Bytes of an expression's text: far more than a person writes, little enough to be parsed in milliseconds. */
export const MAX_EXPRESSION_BYTES = 16 * 1024;

/** Dots in an expression: the parser's time grows with the square of a path's steps, to 30 ms for 1,000. */
export const MAX_EXPRESSION_DOTS = 1000;

/** Levels of an expression's syntax tree; parser and evaluator need stack for each. */
export const MAX_EXPRESSION_LEVELS = 250;

/** Nested steps of an evaluation (JSONata's `stack`); calls in tail position need none. */
export const MAX_EVALUATION_DEPTH = 1000;

/** Seconds that an expression may compute, or the attempt's timeout where that is shorter. */
export const EXPRESSION_TIME_LIMIT_SECONDS = 10;

/** MB of memory for the values of one evaluation, input and result included. */
export const EXPRESSION_MEMORY_MB = 128;

/** Bytes of a result's JSON, roughly; what may be stored of it is less and is the executor's to check. */
export const MAX_RESULT_BYTES = 5 * 1024 * 1024;

/** Levels of nested arrays and objects in a result (api.md, "Limits": JSON depth 64). */
export const MAX_RESULT_DEPTH = 64;
