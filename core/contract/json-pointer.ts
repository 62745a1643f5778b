/** Characters of one name that a pointer repeats: a name in a body may have a million. */
const MAX_NAME = 128;

/** A JSON pointer (RFC 6901) that goes on from another: `pointer('/tasks/2', ['priority'])`. */
export function jsonPointer(base: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>((pointer, part) => `${pointer}/${escapeName(String(part))}`, base);
}

function escapeName(name: string): string {
  return name.slice(0, MAX_NAME).replaceAll('~', '~0').replaceAll('/', '~1');
}
