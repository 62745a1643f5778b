import { dataProcessing } from './data-processing.ts';
import { decideOnce } from './decide-once.ts';
import type { TaskDefinition } from './define-task.ts';
import { echo } from './echo.ts';
import { httpRequest } from './http-request.ts';
import { lambdaInvoke } from './lambda-invoke.ts';
import { wordCount } from './word-count.ts';

/** Every task type of this deployment. A new one is a file beside this one, and its line here. */
// biome-ignore format: one line a type
export const taskTypes: readonly TaskDefinition[] = [
  echo,
  httpRequest,
  dataProcessing,
  lambdaInvoke,
  wordCount,
  decideOnce,
];

/** The definition of a task type, or undefined if this deployment has none of that name. */
export function findTaskType(type: string): TaskDefinition | undefined {
  return taskTypes.find((definition) => definition.type === type);
}
