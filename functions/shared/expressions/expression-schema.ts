import * as z from 'zod';
import { syntaxProblem } from './syntax-problem.ts';

/** A JSONata expression whose syntax is right and that is no larger than may be evaluated. */
export const expressionSchema = z.string().superRefine((expression, context) => {
  const problem = syntaxProblem(expression);
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
});
