import { startProcess } from './child-process.ts';

/** How a command ended; `exitCode` is null when it did not start or was ended by a signal. */
export interface CommandResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Settings of a command; by default it has this process's folder and environment. */
export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Ends the command, and what it started, by SIGTERM. */
  readonly signal?: AbortSignal;
}

/** Runs a command without a shell and collects its output. Never throws: a failure is its exit code. */
export const runCommand = (
  command: string,
  args: readonly string[],
  { signal, ...options }: CommandOptions = {},
): Promise<CommandResult> =>
  new Promise((resolve) => {
    const { child, kill } = startProcess(command, args, {
      ...options,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const onAbort = () => kill('SIGTERM');
    if (signal?.aborted) onAbort();
    signal?.addEventListener('abort', onAbort);

    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', (error) => {
      stderr += error.message;
      resolve({ exitCode: null, stdout, stderr });
    });
    child.on('close', (exitCode) => {
      signal?.removeEventListener('abort', onAbort);
      resolve({ exitCode, stdout, stderr });
    });
  });
