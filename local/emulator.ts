import type { ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startProcess } from './child-process.ts';
import { requireFreePort } from './ports.ts';
import { localDirectory, projectNode, projectRoot } from './project-root.ts';
import { findPython, installEmulator } from './python.ts';

/** How to start a local AWS. */
export interface EmulatorOptions {
  readonly port: number;
  /** Its own folder, emptied at the start: log and working files of the functions. */
  readonly directory: string;
  /** Serves the test facilities below `/_tasklane/`. @default false */
  readonly testControls?: boolean;
  /** Names of patches to leave out. @default none, or what TASKLANE_EMULATOR_WITHOUT says */
  readonly without?: readonly string[];
}

/** A running local AWS. */
export interface Emulator {
  readonly url: string;
  readonly pid: number;
  readonly logFile: string;
  /** Resolves when the process has ended, whoever ended it. */
  readonly ended: Promise<void>;
  /** Ends it: by SIGTERM, after five seconds by SIGKILL. */
  readonly stop: () => Promise<void>;
}

const readyWithinMs = 60_000;
const stopWithinMs = 5_000;

/** What the emulator, and through it each function, sees of this machine: no AWS setting, no proxy. */
const inherited = ['HOME', 'LANG', 'LC_ALL', 'TZ', 'USER', 'SYSTEMROOT'] as const;

const emulatorEnvironment = (options: EmulatorOptions, packages: string): NodeJS.ProcessEnv => {
  const known = inherited.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []));
  return {
    ...Object.fromEntries(known),
    AUTH: 'true',
    IOT_MTLS_ENABLED: '0',
    SFTP_ENABLED: '0',
    BIND_HOST: '127.0.0.1',
    GATEWAY_PORT: String(options.port),
    TMPDIR: join(options.directory, 'tmp'),
    // The functions reach it under the name that the queues' addresses have.
    AWS_ENDPOINT_URL: `http://localhost:${options.port}`,
    NODE_PATH: join(projectRoot, 'node_modules'),
    PATH: [dirname(projectNode), process.env.PATH].join(delimiter),
    PYTHONPATH: packages,
    PYTHONPYCACHEPREFIX: join(localDirectory, 'pycache'),
    PYTHONUNBUFFERED: '1',
    TASKLANE_TEST_CONTROLS: options.testControls ? '1' : '0',
    TASKLANE_EMULATOR_WITHOUT: options.without?.join(',') ?? process.env.TASKLANE_EMULATOR_WITHOUT ?? '',
  };
};

/** The functions' working files lie below the project's package.json, which would make their CommonJS code ESM. */
const prepareDirectory = (directory: string): void => {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(join(directory, 'tmp'), { recursive: true });
  writeFileSync(join(directory, 'package.json'), '{ "type": "commonjs" }\n');
};

const isReady = async (url: string): Promise<boolean> => {
  try {
    return (await fetch(`${url}/_ministack/health`)).ok;
  } catch {
    return false;
  }
};

const waitUntilReady = async (child: ChildProcess, url: string, logFile: string): Promise<void> => {
  const giveUpAtMs = performance.now() + readyWithinMs;
  while (!(await isReady(url))) {
    if (child.exitCode === null && child.signalCode === null && performance.now() < giveUpAtMs)
      await pause(50);
    else
      throw new Error(
        `The local AWS did not start; its log ${logFile} ends:\n${readFileSync(logFile, 'utf8').slice(-2000)}`,
      );
  }
};

/**
 * Starts the local AWS on a port of the loopback interface, installing it first where it is missing, and waits until
 * it answers. It ends with this process. Throws when Python or the port is missing, or when it does not answer in a minute.
 */
export const startEmulator = async (options: EmulatorOptions): Promise<Emulator> => {
  const python = await findPython(process.env);
  const packages = await installEmulator(python);
  await requireFreePort(options.port);
  prepareDirectory(options.directory);

  const logFile = join(options.directory, 'emulator.log');
  const log = openSync(logFile, 'a');
  const launcher = join(projectRoot, 'local', 'emulator', 'launch.py');
  const { child, kill } = startProcess(python.command, [launcher], {
    cwd: options.directory,
    env: emulatorEnvironment(options, packages),
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const stop = async (): Promise<void> => {
    kill('SIGTERM');
    const lastResort = setTimeout(() => kill('SIGKILL'), stopWithinMs);
    await ended;
    clearTimeout(lastResort);
  };

  const url = `http://localhost:${options.port}`;
  try {
    await waitUntilReady(child, url, logFile);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, pid: child.pid ?? 0, logFile, ended, stop };
};
