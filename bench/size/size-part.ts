import { join } from 'node:path';
import { FUNCTION_NAMES, type FunctionName } from '../../lib/function-name.ts';
import { runCommand } from '../../local/command.ts';
import { projectNode, projectRoot } from '../../local/project-root.ts';
import type { Part } from '../part.ts';
import { functionEnvironment } from '../path/function-environment.ts';
import { type Spread, spreadOf } from '../spread.ts';
import { textTable } from '../text-table.ts';

interface SizeFigure {
  readonly function: FunctionName;
  /** Of the files that every cold start loads, not zipped. */
  readonly cold_start_kb: number;
  /** Of all files, also those that are loaded only when they are needed. */
  readonly all_files_kb: number;
  /** From the import of the bundle in a fresh process until its handler is there. */
  readonly load_ms: Spread;
  readonly load_cpu_ms: Spread;
}

const ROUNDS = 7;

/** Part 4: what a cold start loads. */
export const sizePart: Part = {
  name: 'size',
  title: 'Bundles: size and load time in a fresh process',
  run: async (shared) => {
    const bundles = await shared.bundles();
    const figures: SizeFigure[] = [];
    for (const name of FUNCTION_NAMES) {
      const { directory, coldStartBytes, files } = bundles[name];
      const loads = await loadTimes(name, join(directory, 'index.mjs'));
      figures.push({
        function: name,
        cold_start_kb: coldStartBytes / 1024,
        all_files_kb: Object.values(files).reduce((sum, bytes) => sum + bytes, 0) / 1024,
        load_ms: spreadOf(loads.map(({ loadMs }) => loadMs)),
        load_cpu_ms: spreadOf(loads.map(({ cpuMs }) => cpuMs)),
      });
    }
    const rows = figures.map((one) => [
      one.function,
      one.cold_start_kb,
      one.all_files_kb,
      one.load_ms.median,
      one.load_ms.min,
      one.load_ms.max,
      one.load_cpu_ms.median,
    ]);
    const head = ['function', 'cold start KB', 'all files KB', 'load ms', 'min', 'max', 'CPU ms'];
    return { text: textTable([head, ...rows]), figures, targets: [] };
  },
};

interface Load {
  readonly loadMs: number;
  readonly cpuMs: number;
}

async function loadTimes(name: FunctionName, bundle: string): Promise<readonly Load[]> {
  const loads: Load[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    // Nothing listens there: loading a function calls nobody.
    const env = functionEnvironment(name, 'http://127.0.0.1:9');
    const { exitCode, stdout, stderr } = await runCommand(
      projectNode,
      [join(projectRoot, 'bench', 'size', 'load-process.ts'), bundle],
      { env },
    );
    if (exitCode !== 0) throw new Error(`${name} cannot be loaded: ${stderr.slice(-2000)}`);
    loads.push(JSON.parse(stdout) as Load);
  }
  return loads;
}
