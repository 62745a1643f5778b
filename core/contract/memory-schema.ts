import * as z from 'zod';
import { idSchema, momentSchema } from './identifiers.ts';
import type { Immutable } from './immutable.ts';
import { LIMITS } from './limits.ts';

/** What is remembered: any JSON, up to 256 KB. */
const valueSchema = z.unknown().check(({ value, issues }) => {
  if (value === undefined) return;
  const bytes = Buffer.byteLength(JSON.stringify(value));
  if (bytes <= LIMITS.memoryBytes) return;
  const message = `the value has ${bytes} bytes of JSON; at most ${LIMITS.memoryBytes} are allowed`;
  issues.push({ code: 'custom', message, input: value });
});

/** What is put under a key. */
export const memoryInputSchema = z.strictObject({
  value: valueSchema.meta({ description: 'Any JSON, at most 256 KB.' }),
  ttl_seconds: z
    .int()
    .min(1)
    .max(LIMITS.memoryTtlSeconds)
    .exactOptional()
    .meta({ description: 'Seconds until it is forgotten; without it, it stays.' }),
});

/** An entry of a memory. */
export const memoryEntrySchema = z.strictObject({
  key: idSchema,
  value: z.unknown(),
  version: z.int().min(0).meta({
    description: 'Rises with each write of the key, and never comes again, also after a deletion.',
  }),
  expires_at: momentSchema.nullable().meta({ description: 'Null for what stays.' }),
  updated_at: momentSchema,
});

/** The entries of those keys that have one, in the order of the keys. */
export const memoryEntriesSchema = z.strictObject({ items: z.array(memoryEntrySchema) });

/** Keys in a query: `a,b`. */
export const memoryKeysSchema = z
  .string()
  .min(1)
  .check(({ value, issues }) => {
    const keys = value.split(',');
    if (keys.length > LIMITS.memoryKeys) {
      const message = `${keys.length} keys; at most ${LIMITS.memoryKeys} are read at once`;
      issues.push({ code: 'custom', message, input: value });
    }
    const wrong = keys.find((key) => !idSchema.safeParse(key).success);
    if (wrong === undefined) return;
    const message = `${JSON.stringify(wrong.slice(0, 60))} is no key: 1 to 128 characters of A-Z a-z 0-9 _ . : -`;
    issues.push({ code: 'custom', message, input: value });
  })
  .meta({ description: 'Up to 100 keys with commas between them.' });

/** `If-None-Match`: only a new entry may be put. */
export const ifNoneMatchSchema = z
  .literal('*', 'If-None-Match takes only *')
  .meta({ description: 'Only if there is no entry yet; else 412.' });

export type MemoryEntry = Immutable<z.output<typeof memoryEntrySchema>>;
