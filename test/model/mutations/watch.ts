import { CORE_RULES as core } from '../rules.ts';
import type { Mutation } from './mutation.ts';

/** Looking after attempts while they run. */
export const WATCH_MUTATIONS = {
  'heartbeat-as-read': {
    rule: 'a heartbeat is conditional on the lease as the attempt last wrote it',
    change: { heartbeatWrite: (mine, lease) => ({ ...core.heartbeatWrite(mine, lease), expect: [] }) },
    configuration: 'express-stall',
    breaks: ['S3', 'S7'],
  },
} as const satisfies Record<string, Mutation>;
