import type { Problem } from '../core/contract/problem-schema.ts';

/** What the API answered instead of what was asked for. */
export class TasklaneError extends Error {
  /** The HTTP status. */
  readonly status: number;
  /** The problem's code; `http_<status>` where the answer is no problem document. */
  readonly code: string;
  /** The problem document, where the answer is one. */
  readonly problem: Problem | undefined;
  /** What is wrong with the input, by JSON pointer. */
  readonly errors: NonNullable<Problem['errors']>;
  readonly requestId: string | undefined;

  constructor(status: number, problem: Problem | undefined, requestId: string | undefined) {
    super(messageOf(status, problem));
    this.name = 'TasklaneError';
    this.status = status;
    this.code = problem?.code ?? `http_${status}`;
    this.problem = problem;
    this.errors = problem?.errors ?? [];
    this.requestId = requestId;
  }
}

function messageOf(status: number, problem: Problem | undefined): string {
  if (problem === undefined) return `the API answered ${status} without a word`;
  const [first] = problem.errors ?? [];
  const input = first === undefined ? '' : ` (${first.path}: ${first.message})`;
  return `${problem.code}: ${problem.detail}${input}`;
}
