import { CHANGED } from './configurations/changed.ts';
import { PLAIN } from './configurations/plain.ts';
import { TIMED_TASKS } from './configurations/timed.ts';

/** What is explored. */
export const CONFIGURATIONS = { ...PLAIN, ...CHANGED, ...TIMED_TASKS } as const;

export type ConfigurationName = keyof typeof CONFIGURATIONS;
