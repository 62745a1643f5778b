import { CHANGE_MUTATIONS } from './mutations/change.ts';
import { CLAIM_MUTATIONS } from './mutations/claim.ts';
import { DEAD_LETTER_MUTATIONS } from './mutations/dead-letter.ts';
import { DISPATCH_MUTATIONS } from './mutations/dispatch.ts';
import { FINISH_MUTATIONS } from './mutations/finish.ts';
import { LOOK_MUTATIONS } from './mutations/look.ts';
import { TIMER_MUTATIONS } from './mutations/timer.ts';
import { WATCH_MUTATIONS } from './mutations/watch.ts';

/** Each rule that is in place, taken out alone. */
export const MUTATIONS = {
  ...CLAIM_MUTATIONS,
  ...LOOK_MUTATIONS,
  ...FINISH_MUTATIONS,
  ...WATCH_MUTATIONS,
  ...DISPATCH_MUTATIONS,
  ...DEAD_LETTER_MUTATIONS,
  ...TIMER_MUTATIONS,
  ...CHANGE_MUTATIONS,
} as const;

export type MutationName = keyof typeof MUTATIONS;
