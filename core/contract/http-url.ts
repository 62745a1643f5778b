import * as z from 'zod';
import { LIMITS } from './limits.ts';

/** An http or https URL without credentials, as callers give it. */
export const httpUrl = z.string().superRefine((url, context) => {
  const problem = urlProblem(url);
  if (problem !== undefined) context.addIssue({ code: 'custom', message: `the URL ${problem}` });
});

/** Why a URL may not be called whatever its address, as the end of a sentence; undefined if it may. */
export function urlProblem(text: string): string | undefined {
  if (text.length > LIMITS.urlCharacters) {
    return `has ${text.length} characters; the limit is ${LIMITS.urlCharacters}`;
  }
  if (!URL.canParse(text))
    return 'is not absolute and well-formed; write it like https://api.example.com/path';
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return `has the scheme ${url.protocol.slice(0, -1)}; only http and https are called`;
  }
  if (url.username !== '' || url.password !== '') {
    return 'holds credentials (user:password@); send them in an authorization header';
  }
  return undefined;
}
