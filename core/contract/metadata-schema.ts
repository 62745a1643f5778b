import * as z from 'zod';
import { LIMITS } from './limits.ts';

/** An object that callers fill as they like: any JSON, up to 50 keys and 16 KB. `name` is what messages call it. */
export function factsSchema(name: string) {
  return z.record(z.string(), z.unknown()).check(boundsOf(name));
}

/** Up to 50 keys and 16 KB of JSON, which the row or item that they are part of has room for. */
export function boundsOf(name: string) {
  return ({ value, issues }: z.core.ParsePayload<Readonly<Record<string, unknown>>>): void => {
    const keys = Object.keys(value).length;
    if (keys > LIMITS.metadataKeys) {
      const message = `the ${name} has ${keys} keys; at most ${LIMITS.metadataKeys} are allowed`;
      issues.push({ code: 'custom', message, input: value });
    }
    const bytes = Buffer.byteLength(JSON.stringify(value));
    if (bytes > LIMITS.metadataBytes) {
      const message = `the ${name} has ${bytes} bytes of JSON; at most ${LIMITS.metadataBytes} are allowed`;
      issues.push({ code: 'custom', message, input: value });
    }
  };
}

/** Facts that callers hang on a task. */
export const metadataSchema = factsSchema('metadata');
