import jsonata from 'jsonata';
import { expressionError } from './expression-error.ts';
import { MAX_EXPRESSION_BYTES, MAX_EXPRESSION_DOTS, MAX_EXPRESSION_LEVELS } from './limits.ts';

/**
 * What is wrong with an expression, as far as can be seen without running it; undefined if nothing is. Parses
 * only: no regular expression is run, and however the text is built, the parser's stack ends in an answer.
 */
export function syntaxProblem(expression: string): string | undefined {
  const bytes = Buffer.byteLength(expression);
  if (bytes > MAX_EXPRESSION_BYTES)
    return `the expression has ${bytes} bytes; the limit is ${MAX_EXPRESSION_BYTES}`;
  const dots = expression.split('.').length - 1;
  if (dots > MAX_EXPRESSION_DOTS) {
    return `the expression has ${dots} dots; the limit is ${MAX_EXPRESSION_DOTS}: give what is used often a variable`;
  }
  try {
    const levels = levelsOf(jsonata(expression).ast());
    return levels > MAX_EXPRESSION_LEVELS ? tooDeep(`${levels}`) : undefined;
  } catch (error) {
    if (error instanceof RangeError) return tooDeep('too many');
    const { message, position } = expressionError(error);
    return `the expression is not JSONata${position === undefined ? '' : ` at position ${position}`}: ${message}`;
  }
}

/** Levels of objects in a syntax tree, counted without recursion. */
function levelsOf(root: object): number {
  const seen = new Set<object>([root]);
  let level: readonly object[] = [root];
  let levels = 0;
  while (level.length > 0) {
    levels += 1;
    level = level.flatMap(nodesBelow).filter((node) => !seen.has(node) && seen.add(node));
  }
  return levels;
}

/** The nodes that a node names, lists of nodes opened. */
function nodesBelow(node: object): readonly object[] {
  return Object.values(node)
    .flat(2)
    .filter((value) => typeof value === 'object' && value !== null);
}

function tooDeep(levels: string): string {
  return `the expression has ${levels} nested levels; the limit is ${MAX_EXPRESSION_LEVELS}: split it with variables, or use fewer operators in one chain`;
}
