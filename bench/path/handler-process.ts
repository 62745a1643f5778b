import { pathToFileURL } from 'node:url';
import { recordProfile } from './record-profile.ts';

/**
 * The process of one function under test: loads its bundle as Lambda would, and runs events one after the other.
 * Its CPU is what the kernel has booked for the process: garbage collection, compilation and sockets included.
 * As in Lambda, parsing the event and writing the answer as JSON are part of an invocation.
 */
type Handler = (event: unknown, context: object) => Promise<unknown>;

export type HandlerCommand =
  | { readonly kind: 'load'; readonly bundle: string }
  | { readonly kind: 'run'; readonly events: readonly string[] }
  | { readonly kind: 'profile'; readonly events: readonly string[]; readonly file: string };

export interface RoundReport {
  /** User and system time of the process, all its threads. */
  readonly cpuMs: number;
  /** Of each invocation. */
  readonly durationsMs: readonly number[];
  /** The answers, as JSON text. */
  readonly answers: readonly string[];
}

let handler: Handler = () => Promise.reject(new Error('no bundle is loaded'));

async function runAll(events: readonly string[]): Promise<RoundReport> {
  globalThis.gc?.();
  const answers: string[] = [];
  const durationsMs: number[] = [];
  const before = process.cpuUsage();
  for (const event of events) {
    const context = {
      awsRequestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
      functionName: 'bench',
      getRemainingTimeInMillis: () => 90_000,
    };
    const invokedAtMs = performance.now();
    answers.push(JSON.stringify((await handler(JSON.parse(event), context)) ?? null));
    durationsMs.push(performance.now() - invokedAtMs);
  }
  const { user, system } = process.cpuUsage(before);
  return { cpuMs: (user + system) / 1000, durationsMs, answers };
}

async function obey(command: HandlerCommand): Promise<RoundReport | undefined> {
  switch (command.kind) {
    case 'load':
      ({ handler } = await import(pathToFileURL(command.bundle).href));
      return undefined;
    case 'run':
      return await runAll(command.events);
    case 'profile':
      return await recordProfile(command.file, () => runAll(command.events));
  }
}

process.on('message', async (command: HandlerCommand) => {
  try {
    process.send?.({ report: await obey(command) });
  } catch (error) {
    process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
process.on('disconnect', () => process.exit(0));
