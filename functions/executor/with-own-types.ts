import type { TaskDefinition } from '../tasks/define-task.ts';

type FindDefinition = (type: string) => TaskDefinition | undefined;

/** The registry with the platform's own types, which no type of the registry takes the place of. */
export function withOwnTypes(own: readonly TaskDefinition[], findTaskType: FindDefinition): FindDefinition {
  const byType = new Map(own.map((definition) => [definition.type, definition]));
  return (type) => byType.get(type) ?? findTaskType(type);
}
