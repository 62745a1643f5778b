import { readFileSync } from 'node:fs';
import type { BenchDeployment } from '../deployment.ts';

/** CPU seconds by what used them: the emulator, and the processes of each function. */
export type CpuSeconds = Readonly<Record<string, number>>;

/** Clock ticks a second, on every Linux there is. */
const TICKS = 100;

/**
 * CPU that emulator and functions have used so far, by process id; a process that has ended is missing, as all are
 * where there is no /proc.
 */
export async function readCpu({ emulator }: BenchDeployment): Promise<ReadonlyMap<number, Used>> {
  const answer = await fetch(`${emulator.url}/_tasklane/workers`);
  const workers = (await answer.json()) as readonly { function: string; pid: number }[];
  const all = [{ function: 'emulator', pid: emulator.pid }, ...workers];
  return new Map(
    all.flatMap(({ function: name, pid }) => {
      const seconds = secondsOf(pid);
      return seconds === undefined ? [] : [[pid, { name: shortName(name), seconds }] as const];
    }),
  );
}

export interface Used {
  readonly name: string;
  readonly seconds: number;
}

/** What was used between two readings; processes that were born in between count whole. */
export function cpuBetween(before: ReadonlyMap<number, Used>, after: ReadonlyMap<number, Used>): CpuSeconds {
  const used: Record<string, number> = {};
  for (const [pid, { name, seconds }] of after) {
    used[name] = (used[name] ?? 0) + seconds - (before.get(pid)?.seconds ?? 0);
  }
  return used;
}

function secondsOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Behind the name, which may hold anything: state is field 3, user and system time are fields 14 and 15.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  } catch {
    return undefined;
  }
}

/** `Tasklane-local-Execution-Executeexecutor…` is `executor`. */
function shortName(name: string): string {
  const known = ['executor', 'dispatcher', 'redo', 'dead-letter', 'api', 'wait', 'docs', 'no-op', 'emulator'];
  const plain = name.toLowerCase().replaceAll('-', '');
  return known.find((one) => plain.includes(`${one.replaceAll('-', '')}function`) || plain === one) ?? name;
}
