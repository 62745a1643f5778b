import { storageUnavailable, validationFailed } from '../errors.ts';
import type { ResultCache } from '../result-cache.ts';
import type { FindTaskType } from '../task-types.ts';

export interface ClearCacheDeps {
  readonly cache: Pick<ResultCache, 'clear'>;
  readonly findTaskType: FindTaskType;
  readonly onTrouble: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

/** Clears the result cache of a type. Throws `validation_failed` for no type of this deployment, `storage_unavailable`. */
export async function clearCache(deps: ClearCacheDeps, type: string): Promise<void> {
  if (deps.findTaskType(type) === undefined) {
    const message = `${JSON.stringify(type)} is no task type of this deployment`;
    throw validationFailed([{ path: '/type', message }]);
  }
  try {
    await deps.cache.clear(type);
  } catch (error) {
    deps.onTrouble('the result cache could not be cleared', { type, error });
    throw storageUnavailable('it is not certain that the cache is clear: send it again');
  }
}
