import * as z from 'zod';
import { momentSchema } from './identifiers.ts';
import type { Immutable } from './immutable.ts';

const healthStatus = z.enum(['healthy', 'degraded', 'unhealthy']);

/** How the platform is. */
export const healthSchema = z.strictObject({
  status: healthStatus.meta({ description: 'The worst of the checks.' }),
  at: momentSchema,
  window_seconds: z.int(),
  checks: z.array(
    z.strictObject({
      name: z.string(),
      status: healthStatus,
      observed: z.number().nullable().meta({ description: 'Milliseconds to the answer; null without one.' }),
      threshold: z.number().meta({ description: 'Milliseconds above which the check is degraded.' }),
    }),
  ),
});

export type Health = Immutable<z.output<typeof healthSchema>>;
export type HealthStatus = z.output<typeof healthStatus>;
