/** Characters of a value that a message repeats. */
const MAX_TEXT = 60;

/** A value in the words of a message: `"abc"`, `11`, `a list`. */
export function describeValue(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}…` : value);
    case 'object':
      return value === null ? 'null' : 'an object';
    default:
      return String(value);
  }
}
