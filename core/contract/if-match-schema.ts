import * as z from 'zod';

/** `If-Match`: the version that the caller has seen, bare or in the quotes of an entity tag. */
export const ifMatchSchema = z
  .string()
  .regex(/^("\d{1,15}"|\d{1,15})$/, 'If-Match is a version, such as 4 or "4"')
  .meta({ description: 'Only if the version is still this one; else 412.' });

/** The version of an `If-Match` that the schema has let through. */
export function versionOfIfMatch(header: string): number {
  return Number(header.replaceAll('"', ''));
}
