import type { MemoryEntry } from '../contract/memory-schema.ts';
import { isoTime } from '../iso-time.ts';
import type { MemoryItem } from './memory-write.ts';

/** An entry as the API and handlers show it; its version is the moment of its last write. */
export function entryOf(
  key: string,
  { value, version, forgotten_at }: Pick<MemoryItem, 'version' | 'forgotten_at'> & { readonly value: string },
): MemoryEntry {
  return {
    key,
    value: JSON.parse(value),
    version,
    expires_at: isoTime(forgotten_at ?? null),
    updated_at: isoTime(version),
  };
}
