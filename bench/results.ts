import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../local/project-root.ts';
import { machineOf, versionsOf } from './machine.ts';
import type { Target } from './part.ts';

/** What a part found, and when. */
export interface MeasuredPart {
  readonly at: string;
  /** Of the last 1, 5 and 15 minutes. */
  readonly load_average: readonly number[];
  readonly targets: readonly Target[];
  readonly figures: unknown;
}

interface Results {
  readonly machine: ReturnType<typeof machineOf>;
  readonly versions: ReturnType<typeof versionsOf>;
  readonly parts: Readonly<Record<string, MeasuredPart>>;
}

const FILE = join(projectRoot, 'bench', 'results.json');

/** Writes `bench/results.json`. Parts that did not run stay as they were, if machine and versions are the same. */
export function writeResults(parts: Readonly<Record<string, MeasuredPart>>): void {
  const [machine, versions] = [machineOf(), versionsOf()];
  const before = readResults();
  const same = JSON.stringify([before?.machine, before?.versions]) === JSON.stringify([machine, versions]);
  const results: Results = { machine, versions, parts: { ...(same ? before?.parts : {}), ...parts } };
  writeFileSync(FILE, `${JSON.stringify(results, null, 2)}\n`);
}

function readResults(): Results | undefined {
  try {
    return JSON.parse(readFileSync(FILE, 'utf8')) as Results;
  } catch {
    return undefined;
  }
}
