/** Characters of one name that a pointer repeats: a name in a body may have a million. */
const MAX_NAME = 128;
/** Characters of a pointer: 64 names of that length, in each of a thousand errors, would be 8 MB. */
const MAX_POINTER = 1024;

/** A JSON pointer (RFC 6901) that goes on from another: `pointer('/tasks/2', ['priority'])`. */
export function jsonPointer(base: string, path: readonly PropertyKey[]): string {
  const pointer = path.reduce<string>((begun, part) => `${begun}/${escapeName(String(part))}`, base);
  return pointer.slice(0, MAX_POINTER);
}

function escapeName(name: string): string {
  return name.slice(0, MAX_NAME).replaceAll('~', '~0').replaceAll('/', '~1');
}
