import * as z from 'zod';

/** Fields whose feature is not built yet: only their default may be sent. */
export const onlyNull = z.null(notAvailable('null')).exactOptional();

/** What is said of a value that its feature does not take yet. */
export function notAvailable(fallback: string): string {
  return `this field is not available yet; leave it out or send its default, ${fallback}`;
}
