import { delimiter, dirname, join } from 'node:path';
import { runCommand } from '../../../local/command.ts';
import { localDirectory, projectNode, projectRoot } from '../../../local/project-root.ts';
import { findPython, installEmulator } from '../../../local/python.ts';

const applyUnlessLeftOut = `
import importlib, json, sys
name, without = sys.argv[1], sys.argv[2].split(",")
if name not in without:
    importlib.import_module(f"patches.{name}").apply()
`;

/**
 * Runs a Python program inside the emulator's modules, with one patch applied unless it is left out, and returns what
 * the program printed as JSON. For what no call over HTTP can observe without a clock.
 */
export const runInEmulator = async (
  patch: string,
  without: readonly string[],
  program: string,
): Promise<unknown> => {
  const python = await findPython(process.env);
  const packages = await installEmulator(python);
  const result = await runCommand(
    python.command,
    ['-c', applyUnlessLeftOut + program, patch, without.join(',')],
    {
      env: {
        PATH: [dirname(projectNode), process.env.PATH].join(delimiter),
        PYTHONPATH: `${packages}:${join(projectRoot, 'local', 'emulator')}`,
        PYTHONPYCACHEPREFIX: join(localDirectory, 'pycache'),
      },
    },
  );
  if (result.exitCode !== 0) throw new Error(result.stderr);
  return JSON.parse(result.stdout);
};
