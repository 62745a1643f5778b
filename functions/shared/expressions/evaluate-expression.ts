import { createExpressionPool, type Evaluate } from './expression-pool.ts';

/** The evaluation of this function's handlers: one pool for all, which starts nothing before its first use. */
export const evaluateExpression: Evaluate = createExpressionPool().evaluate;
