import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';

const kill = (child: ChildProcess, group: boolean, signal: NodeJS.Signals): void => {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(group ? -child.pid : child.pid, signal);
  } catch {
    // It ended in between.
  }
};

/** A process that does not outlive this one. */
export interface OwnedProcess {
  readonly child: ChildProcess;
  readonly kill: (signal: NodeJS.Signals) => void;
}

/**
 * Starts a process that is killed when this one exits. With `detached` it leads a group of its own, and signals reach
 * all of that group: for programs that start others and do not pass signals on.
 */
export const startProcess = (
  command: string,
  args: readonly string[],
  options: SpawnOptions,
): OwnedProcess => {
  const child = spawn(command, args, options);
  const owned = { child, kill: (signal: NodeJS.Signals) => kill(child, options.detached === true, signal) };
  const onExit = () => owned.kill('SIGKILL');
  process.on('exit', onExit);
  child.once('exit', () => process.off('exit', onExit));
  return owned;
};
