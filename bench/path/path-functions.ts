/** The functions on a task's normal path, in their order. */
export const PATH_FUNCTIONS = ['api', 'dispatcher', 'executor'] as const;

export type PathFunction = (typeof PATH_FUNCTIONS)[number];
