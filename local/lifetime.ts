/** Ends a command: at a signal, when its parent has died, or when something it needs is gone. */
export interface Lifetime {
  /** Aborted when the command shall end. */
  readonly signal: AbortSignal;
  /** Ends it with an exit code. */
  readonly end: (exitCode: number) => void;
  /** The exit code it ends with. */
  readonly exitCode: () => number;
}

const parentPollMs = 500;

/** A terminal, npm and run.mjs may each pass the same Ctrl-C on: only what comes later than this is a second one. */
const sameSignalMs = 400;

/**
 * Watches signals and the parent. The first signal asks to end; a second one exits at once, which kills what was started.
 */
export const watchLifetime = (): Lifetime => {
  const controller = new AbortController();
  const parent = process.ppid;
  let exitCode = 0;
  let firstSignalAtMs: number | undefined;

  const end = (code: number): void => {
    exitCode = code;
    controller.abort();
  };
  const onSignal = (): void => {
    firstSignalAtMs ??= performance.now();
    if (performance.now() - firstSignalAtMs > sameSignalMs) process.exit(130);
    end(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);

  const watch = setInterval(() => {
    if (process.ppid !== parent) end(0);
  }, parentPollMs);
  watch.unref();
  return { signal: controller.signal, end, exitCode: () => exitCode };
};
