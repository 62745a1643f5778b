/** The limits of a result. */
export interface PlainJsonLimits {
  readonly depth: number;
  readonly bytes: number;
}

/** A value that JSON cannot hold, with the JSON pointer to it. */
export class NotPlainJsonError extends Error {
  constructor(pointer: string, problem: string) {
    super(`the result${pointer === '' ? '' : ` at ${pointer}`} ${problem}`);
    this.name = 'NotPlainJsonError';
  }
}

/**
 * Copies a value, perhaps of another realm, into plain JSON of this one: undefined becomes null in arrays and at
 * the top, and is left out of objects.
 *
 * @throws NotPlainJsonError for functions, numbers that are not finite, and values past the limits; a cycle is
 *   past every depth, and a value that is shared so often that it would fill the memory past every size.
 */
export function plainJson(value: unknown, limits: PlainJsonLimits): unknown {
  let bytes = 0;

  const spend = (amount: number) => {
    bytes += amount;
    if (bytes > limits.bytes) throw new NotPlainJsonError('', `has more than ${limits.bytes} bytes`);
  };

  const copy = (part: unknown, depth: number, pointer: string): unknown => {
    if (part === undefined || part === null || typeof part === 'boolean') {
      spend(4);
      return part ?? null;
    }
    if (typeof part === 'string') {
      spend(part.length + 2);
      return part;
    }
    if (typeof part === 'number') {
      if (!Number.isFinite(part)) throw new NotPlainJsonError(pointer, `is ${part}, which is no JSON number`);
      spend(8);
      return part;
    }
    if (typeof part !== 'object' || isFunctionValue(part)) {
      throw new NotPlainJsonError(pointer, `is a ${typeof part === 'object' ? 'function' : typeof part}`);
    }
    if (depth === limits.depth) {
      throw new NotPlainJsonError(
        pointer.slice(0, 64),
        `is nested deeper than ${limits.depth} levels, or in itself`,
      );
    }
    spend(2);
    if (Array.isArray(part)) return Array.from(part, (item, at) => copy(item, depth + 1, `${pointer}/${at}`));
    return Object.fromEntries(
      Object.entries(part)
        .filter(([, item]) => item !== undefined)
        .map(([key, item]) => {
          spend(key.length + 3);
          return [key, copy(item, depth + 1, `${pointer}/${key}`)];
        }),
    );
  };

  return copy(value, 0, '');
}

/** How JSONata marks its functions, which are objects. */
function isFunctionValue(value: object): boolean {
  return '_jsonata_lambda' in value || '_jsonata_function' in value;
}
