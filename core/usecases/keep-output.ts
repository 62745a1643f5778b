import type { AttemptResult } from '../attempt-result.ts';
import { isLarge } from '../large-value.ts';
import { type ObjectOwner, outputKeyOf } from '../object-keys.ts';
import type { ObjectStore } from '../object-store.ts';

/**
 * A result as the results table can hold it: a large output becomes an object first. Whoever dies in between
 * leaves an object that goes with its task. Throws when the object's put is not confirmed.
 */
export async function keepOutput(
  objects: Pick<ObjectStore, 'put'>,
  row: ObjectOwner,
  result: AttemptResult,
): Promise<AttemptResult> {
  const { output, ...rest } = result;
  if (output === undefined || !isLarge(output)) return result;
  await objects.put(outputKeyOf(row, result.attempt), output);
  return { ...rest, output_bytes: Buffer.byteLength(output) };
}
