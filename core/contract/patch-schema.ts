import * as z from 'zod';
import { momentSchema, textSchema } from './identifiers.ts';
import { LIMITS } from './limits.ts';
import { metadataSchema } from './metadata-schema.ts';

/** The tags of a task. */
export const tagsSchema = z.array(textSchema(LIMITS.tagCharacters).min(1)).max(LIMITS.tags);

/** What of a task may be changed while it waits to run; what is left out stays. */
export const patchSchema = z
  .strictObject({
    priority: z.int().min(1).max(10).exactOptional(),
    scheduled_at: momentSchema.nullable().exactOptional().meta({ description: 'Null: now.' }),
    deadline: momentSchema.nullable().exactOptional().meta({ description: 'Null: none.' }),
    metadata: metadataSchema.exactOptional().meta({ description: 'Takes the place of all that was there.' }),
    tags: tagsSchema.exactOptional().meta({ description: 'Take the place of all that were there.' }),
  })
  .refine((patch) => Object.keys(patch).length > 0, 'name at least one field that is to change');

/** What a caller may send to change a task. */
export type PatchInput = z.input<typeof patchSchema>;
