/** The functions: each is a folder of `functions/`, and has that name in the stack and in its log group too. */
export const FUNCTION_NAMES = [
  'api',
  'wait',
  'claims',
  'docs',
  'dispatcher',
  'redo',
  'executor',
  'dead-letter',
  'lane-switch',
  'timers',
  'release',
] as const;

export type FunctionName = (typeof FUNCTION_NAMES)[number];
