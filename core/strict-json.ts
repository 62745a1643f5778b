import { jsonPointer } from './contract/json-pointer.ts';
import { LIMITS } from './contract/limits.ts';
import { DomainError, type InputError, validationFailed } from './errors.ts';
import { jsonDepth } from './json-depth.ts';

/**
 * Parses what callers send. Throws `invalid_json` for what is none, `validation_failed` for what is nested too
 * deep, has names that change the prototypes of whoever merges them, or numbers that JavaScript cannot hold.
 */
export function parseStrictJson(text: string, what = 'the body'): unknown {
  const depth = jsonDepth(text);
  if (depth > LIMITS.jsonDepth) {
    const message = `the JSON is nested ${depth} deep; at most ${LIMITS.jsonDepth} are allowed`;
    throw validationFailed([{ path: '', message }]);
  }
  const value = parse(text, what);
  if (!isSafe(value)) throw validationFailed(unsafeIn(value, ''));
  return value;
}

function parse(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = text === '' ? 'it is empty' : (error as SyntaxError).message.slice(0, 200);
    throw new DomainError('invalid_json', `${what} is no JSON: ${reason}`);
  }
}

/** Recursion, here and below, is bounded by the depth that was checked before. */
function isSafe(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isSafe);
  return Object.entries(value).every(([name, member]) => !isUnsafeName(name, member) && isSafe(member));
}

function unsafeIn(value: unknown, path: string): InputError[] {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return [{ path, message: 'the number is too large for a double; send it as text' }];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const memberPath = jsonPointer(path, [name]);
    if (!isUnsafeName(name, member)) return unsafeIn(member, memberPath);
    return [{ path: memberPath, message: `the name "${name}" is not allowed here` }];
  });
}

/** `constructor` is a word like others, unless it carries a `prototype`. */
function isUnsafeName(name: string, member: unknown): boolean {
  if (name === '__proto__') return true;
  if (name !== 'constructor' || typeof member !== 'object' || member === null) return false;
  return Object.hasOwn(member, 'prototype');
}
