import * as z from 'zod';
import { DEBUG_EVENTS } from '../debug-report.ts';
import { momentSchema } from './identifiers.ts';
import type { Immutable } from './immutable.ts';

const memory = z.strictObject({
  rss_mb: z.number().meta({ description: 'Resident memory of the process.' }),
  heap_mb: z.number().meta({ description: 'JavaScript values of the process.' }),
});

const warnings = z.array(z.string());

/** The debug report of a task that was submitted with `debug`. */
export const debugSchema = z.strictObject({
  warnings: warnings.meta({ description: 'Those of all attempts.' }),
  attempts: z.array(
    z.strictObject({
      attempt: z.int().min(1),
      process: z.strictObject({
        cold: z.boolean().meta({ description: 'Whether the process had run nothing before.' }),
        function_version: z.string(),
        memory_limit_mb: z.number().nullable(),
      }),
      events: z.array(
        z.strictObject({
          at: momentSchema,
          event: z.enum(DEBUG_EVENTS),
          stage: z.string().exactOptional(),
        }),
      ),
      memory: z.strictObject({ before: memory, after: memory, growth_mb: z.number() }).meta({
        description: 'Of the whole process: attempts that ran beside this one have their part in it.',
      }),
      sizes: z.strictObject({
        payload_bytes: z.int(),
        output_bytes: z.int().nullable().meta({ description: 'Null for an attempt that failed.' }),
      }),
      warnings,
    }),
  ),
});

export type TaskDebug = Immutable<z.output<typeof debugSchema>>;
