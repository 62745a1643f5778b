import { constants, createContext, Script } from 'node:vm';
import jsonataSource from 'jsonata/jsonata.min.js' with { type: 'text' };
import { type Evaluation, type EvaluationRequest, tookTooLong } from './evaluation.ts';
import { expressionError } from './expression-error.ts';
import { MAX_EVALUATION_DEPTH, MAX_RESULT_BYTES, MAX_RESULT_DEPTH } from './limits.ts';
import { NotPlainJsonError, plainJson } from './plain-json.ts';

const library = new Script(jsonataSource, { filename: 'jsonata.js' });

/** Leaves `value`, `inputError` or `error` in the realm's `outcome`. */
const program = new Script(
  `(async () => {
    let data;
    try {
      data = JSON.parse(input);
    } catch (inputError) {
      return { inputError };
    }
    return { value: await jsonata(expression, { stack: depthLimit }).evaluate(data) };
  })().then((done) => { outcome = done; }, (error) => { outcome = { error }; });`,
  { filename: 'evaluate.js' },
);

interface Outcome {
  readonly value?: unknown;
  readonly error?: unknown;
  readonly inputError?: unknown;
}

/**
 * Evaluates an expression in a realm of its own, made for it and thrown away: nothing that it does to built-in
 * objects or to JSONata's functions outlives it, and it can make no code from text. Only strings and numbers go
 * in, and plain JSON comes out, so no object of this realm is ever in its reach.
 *
 * Runs to the end before it returns: JSONata only ever waits for itself (microtasks), which the realm drains
 * within the time limit.
 */
export function evaluateInRealm({ expression, input, timeLimitMs }: EvaluationRequest): Evaluation {
  const realm = createContext(constants.DONT_CONTEXTIFY, {
    codeGeneration: { strings: false, wasm: false },
    microtaskMode: 'afterEvaluate',
  });
  try {
    library.runInContext(realm);
    Object.assign(realm, { expression, input, depthLimit: MAX_EVALUATION_DEPTH, outcome: undefined });
    program.runInContext(realm, { timeout: timeLimitMs });
    return evaluationOf(realm.outcome as Outcome | undefined);
  } catch (error) {
    if (error instanceof NotPlainJsonError) return { ok: false, reason: 'result', message: error.message };
    if (isTimeout(error)) return tookTooLong(timeLimitMs);
    return { ok: false, reason: 'expression', message: expressionError(error).message };
  }
}

function evaluationOf(outcome: Outcome | undefined): Evaluation {
  if (outcome === undefined) return { ok: false, reason: 'expression', message: 'it never came to an end' };
  if (outcome.inputError !== undefined) {
    return { ok: false, reason: 'input', message: expressionError(outcome.inputError).message };
  }
  if (outcome.error !== undefined) {
    const { message, ...details } = expressionError(outcome.error);
    return { ok: false, reason: 'expression', message, details };
  }
  return { ok: true, value: plainJson(outcome.value, { depth: MAX_RESULT_DEPTH, bytes: MAX_RESULT_BYTES }) };
}

/** The error belongs to the realm that was stopped, so it is no Error of this one. */
function isTimeout(error: unknown): boolean {
  return expressionError(error).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
}
