import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { logLine } from './log-line.ts';
import { outputsFile, readOutputs } from './outputs.ts';
import { readLogs } from './read-logs.ts';

const pollMs = 1_000;

/** Events of one moment may be written after others of that moment were read, so each look reaches back a little. */
const overlapMs = 5_000;

/**
 * Prints the log lines of the local deployment's functions: `--function <part of a name>` only those of some, `--follow`
 * goes on until the signal. Throws when no deployment is running.
 */
export const printLogs = async (
  args: readonly string[],
  print: (line: string) => void,
  signal: AbortSignal,
): Promise<void> => {
  const { values } = parseArgs({
    args: [...args],
    options: { function: { type: 'string' }, follow: { type: 'boolean', default: false } },
  });
  const { emulator_url: endpoint } = readOutputs(outputsFile);
  const seen = new Set<string>();
  let sinceMs = 0;
  do {
    const query = { sinceMs, ...(values.function !== undefined && { functionName: values.function }) };
    for (const event of await readLogs(endpoint, query)) {
      if (seen.has(event.id)) continue;
      seen.add(event.id);
      const line = logLine(event);
      if (line !== undefined) print(line);
      sinceMs = Math.max(sinceMs, event.atMs - overlapMs);
    }
    if (values.follow) await pause(pollMs, undefined, { signal }).catch(() => undefined);
  } while (values.follow && !signal.aborted);
};
