import * as z from 'zod';

/** Fields whose feature is not built yet: only their default may be sent. */
export const onlyNull = z.null(notAvailable('null')).exactOptional();
export const onlyEmptyList = z.array(z.unknown()).max(0, notAvailable('[]')).exactOptional();

/** A field that has no default, since it is only ever named to use its feature. */
export const onlyAbsent = z.never('this field is not available yet; leave it out').exactOptional();

/** What is said of a value that its feature does not take yet. */
export function notAvailable(fallback: string): string {
  return `this field is not available yet; leave it out or send its default, ${fallback}`;
}
