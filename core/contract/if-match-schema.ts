import * as z from 'zod';

/** `If-Match`: the version that the caller has seen, bare or in the quotes of an entity tag. */
export const ifMatchSchema = z.string().meta({
  description: 'Only if this is still the version, such as 4 or "4"; `*`: whatever it is. Else 412.',
});

const VERSION = /^("\d{1,15}"|\d{1,15})$/;

/** What nothing ever has: versions are no less than 0. */
const NO_VERSION = -1;

/** The version that an `If-Match` names. Any other text is an entity tag that matches nothing. */
export function versionOfIfMatch(header: string): number {
  return VERSION.test(header) ? Number(header.replaceAll('"', '')) : NO_VERSION;
}
