import * as z from 'zod';

/** What a task needs of its executor, as a task shows it. */
export const requirementsSchema = z.strictObject({
  cpu_cores: z.number().min(0),
  memory_gb: z.number().min(0),
  storage_gb: z.number().min(0),
  gpu_units: z.number().min(0),
});

/** What a submission names of it. */
export const requirementsPartsSchema = requirementsSchema.exactPartial();
