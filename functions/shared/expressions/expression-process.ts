import { type ChildProcess, fork } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Evaluation, EvaluationRequest } from './evaluation.ts';
import { EXPRESSION_MEMORY_MB } from './limits.ts';

/** A process that evaluates one expression after the other. Does not keep this process alive while it idles. */
export interface ExpressionProcess {
  /** Evaluates; rejects with a ProcessEndedError if the process ends instead of answering. */
  evaluate(request: EvaluationRequest): Promise<Evaluation>;
  /** Whether it can be asked. */
  alive(): boolean;
  /** Ends it at once, whatever it does. */
  kill(): void;
}

/** An expression process ended before it had answered. */
export class ProcessEndedError extends Error {
  readonly signal: NodeJS.Signals | null;

  constructor(code: number | null, signal: NodeJS.Signals | null) {
    super(`the expression's process ended with ${signal ?? `code ${code}`}`);
    this.name = 'ProcessEndedError';
    this.signal = signal;
  }
}

/** Seconds that starting may take; it takes 0.1 on an idle machine. */
const START_LIMIT_SECONDS = 20;

/** Runs from source, as in tests; a bundle has the worker beside it, with the library's text inside. */
const fromSource = import.meta.url.endsWith('.ts');

/**
 * Starts a process for expressions.
 *
 * Why a process and not a worker thread: V8 ends the whole process, not the thread, when one large allocation (a
 * string of 256 MB that is made flat, an array of ten million) does not fit into a thread's `resourceLimits`; so
 * `$length` of a doubled string would take the executor's other tasks with it. A process of its own dies alone.
 *
 * It gets nothing of ours: no environment (credentials), no files but its own code, no child processes, and no
 * code from text; and its heap is limited.
 */
export async function startExpressionProcess(): Promise<ExpressionProcess> {
  const file = fileURLToPath(
    new URL(fromSource ? './jsonata.worker.ts' : './jsonata.worker.mjs', import.meta.url),
  );
  const readable = fromSource ? '*' : `${dirname(file)}/*`;
  const child = fork(file, [], {
    env: systemLibraries(),
    execArgv: [
      `--max-old-space-size=${EXPRESSION_MEMORY_MB}`,
      '--disallow-code-generation-from-strings',
      '--permission',
      `--allow-fs-read=${readable}`,
      ...(fromSource ? ['--experimental-import-text'] : []),
    ],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const late = setTimeout(() => child.kill('SIGKILL'), START_LIMIT_SECONDS * 1000);
  await answerOf<'ready'>(child).finally(() => clearTimeout(late));
  setRef(child, false);
  return {
    evaluate: async (request) => {
      setRef(child, true);
      try {
        const answer = answerOf<Evaluation>(child);
        child.send(request, () => {});
        return await answer;
      } finally {
        setRef(child, false);
      }
    },
    alive: () => child.connected && child.exitCode === null && child.signalCode === null,
    kill: () => child.kill('SIGKILL'),
  };
}

/** Where a runtime keeps the shared libraries that node itself needs, as AWS Lambda's does. */
function systemLibraries(): Record<string, string> {
  const path = process.env.LD_LIBRARY_PATH;
  return path === undefined ? {} : { LD_LIBRARY_PATH: path };
}

/** The next message; the child sends exactly one for its start and for each request. */
function answerOf<Message>(child: ChildProcess): Promise<Message> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null, signal: NodeJS.Signals | null) =>
      done(new ProcessEndedError(code, signal));
    const failed = (error: Error) => done(error);
    const answered = (message: unknown) => done(undefined, message);
    const done = (error: Error | undefined, message?: unknown) => {
      child.off('exit', ended).off('error', failed).off('message', answered);
      if (error === undefined) resolve(message as Message);
      else reject(error);
    };
    child.on('exit', ended).on('error', failed).on('message', answered);
    if (child.exitCode !== null || child.signalCode !== null) ended(child.exitCode, child.signalCode);
  });
}

/** Whether the child keeps this process alive. */
function setRef(child: ChildProcess, on: boolean): void {
  if (on) {
    child.ref();
    child.channel?.ref();
  } else {
    child.unref();
    child.channel?.unref();
  }
}
