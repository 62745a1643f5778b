import { closeSync, openSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { startProcess } from '../../local/child-process.ts';
import { projectNode, projectRoot } from '../../local/project-root.ts';
import type { HandlerCommand, RoundReport } from './handler-process.ts';

/** A function's bundle in a process of its own. */
export interface FunctionProcess {
  /** Runs events one after the other. Throws when the handler does. */
  readonly run: (events: readonly string[]) => Promise<RoundReport>;
  /** The same under the profiler; its profile goes to a file. */
  readonly profile: (events: readonly string[], file: string) => Promise<RoundReport>;
  /** The log lines since the last time. */
  readonly takeLog: () => readonly string[];
  readonly stop: () => void;
}

export interface FunctionProcessOptions {
  readonly bundle: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Where its log goes. */
  readonly logFile: string;
}

/** Starts a process and loads the bundle in it. It ends with this process. */
export async function startFunctionProcess(options: FunctionProcessOptions): Promise<FunctionProcess> {
  const log = openSync(options.logFile, 'a');
  const { child, kill } = startProcess(
    projectNode,
    ['--expose-gc', join(projectRoot, 'bench', 'path', 'handler-process.ts')],
    {
      stdio: ['ignore', log, 'inherit', 'ipc'],
      serialization: 'advanced',
      env: { ...options.environment, PATH: process.env.PATH ?? '' },
    },
  );
  closeSync(log);
  const ask = (command: HandlerCommand): Promise<RoundReport | undefined> =>
    new Promise((resolve, reject) => {
      const onExit = (code: number | null) =>
        reject(new Error(`the function's process ended (exit code ${code})`));
      child.once('exit', onExit);
      child.once('message', (answer: { report?: RoundReport; error?: string }) => {
        child.off('exit', onExit);
        if (answer.error === undefined) resolve(answer.report);
        else reject(new Error(answer.error));
      });
      child.send(command);
    });
  const round = async (command: HandlerCommand): Promise<RoundReport> => {
    const report = await ask(command);
    if (report === undefined) throw new Error(`no report of ${command.kind}`);
    return report;
  };
  await ask({ kind: 'load', bundle: options.bundle });
  return {
    run: (events) => round({ kind: 'run', events }),
    profile: (events, file) => round({ kind: 'profile', events, file }),
    takeLog: () => {
      const lines = readFileSync(options.logFile, 'utf8').split('\n').filter(Boolean);
      truncateSync(options.logFile);
      return lines;
    },
    stop: () => kill('SIGTERM'),
  };
}
