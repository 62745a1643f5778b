import { PROBLEMS, problemType } from '../../../core/contract/problems.ts';
import { DomainError } from '../../../core/errors.ts';
import { DEPTH_LIFE_SECONDS } from '../../../core/lane-depth.ts';
import type { Answer } from './answer.ts';
import { MethodNotAllowed } from './match-route.ts';

/** An error as an answer: a problem document. What is no DomainError says nothing of the inside. */
export function problemAnswer(error: unknown, requestId: string): Answer {
  const known = error instanceof DomainError ? error : undefined;
  const code = known?.code ?? 'internal_error';
  const { status, title } = PROBLEMS[code];
  const detail =
    known?.message ?? 'the request could not be served; try again, and name the request_id when asking';
  return {
    status,
    headers: {
      'content-type': 'application/problem+json',
      ...(error instanceof MethodNotAllowed ? { allow: error.allow } : {}),
      ...(status === 503 ? { 'retry-after': '1' } : {}),
      ...(status === 429 ? { 'retry-after': String(DEPTH_LIFE_SECONDS) } : {}),
    },
    body: { ...known?.members, type: problemType(code), title, status, detail, code, request_id: requestId },
  };
}
