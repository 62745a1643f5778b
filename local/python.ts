import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type CommandResult, runCommand } from './command.ts';
import { localDirectory, projectRoot } from './project-root.ts';

/** A Python interpreter that can run the emulator. */
export interface Python {
  readonly command: string;
  readonly version: string;
}

const oldest: readonly [number, number] = [3, 10];
const names = ['python3', 'python', 'python3.13', 'python3.12', 'python3.11', 'python3.10'];
const requirements = join(projectRoot, 'local', 'emulator', 'requirements.txt');

const askVersion = (command: string): Promise<CommandResult> =>
  runCommand(command, ['-c', 'import platform, sys; print(platform.python_version(), sys.executable)']);

const isNewEnough = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
};

/**
 * The machine's Python: `TASKLANE_PYTHON` when set, else the first of the usual names that is 3.10 or newer.
 * Throws, saying what was found, when there is none.
 */
export const findPython = async (environment: NodeJS.ProcessEnv): Promise<Python> => {
  const seen: string[] = [];
  for (const name of environment.TASKLANE_PYTHON ? [environment.TASKLANE_PYTHON] : names) {
    const answer = await askVersion(name);
    const [version, command] = answer.stdout.trim().split(/ (.*)/s);
    if (answer.exitCode !== 0 || version === undefined || command === undefined) continue;
    if (isNewEnough(version)) return { command, version };
    seen.push(`${name} is ${version}`);
  }
  throw new Error(
    `The local AWS needs Python ${oldest.join('.')} or newer; ${seen.join(', ') || 'no Python was found'}. ` +
      'Install one, or name it by TASKLANE_PYTHON=/path/to/python3.',
  );
};

const findBundledPip = `
import ensurepip, glob, os, sysconfig
folders = [sysconfig.get_config_var('WHEEL_PKG_DIR'), os.path.join(os.path.dirname(ensurepip.__file__), '_bundled')]
print([wheel for folder in folders if folder for wheel in glob.glob(os.path.join(folder, 'pip-*.whl'))][0])
`;

/** What must stand in the environment for `python -m pip`: pip also runs from the wheel that Python carries for ensurepip. */
const pipEnvironment = async (python: Python): Promise<NodeJS.ProcessEnv> => {
  if ((await runCommand(python.command, ['-m', 'pip', '--version'])).exitCode === 0) return {};
  const wheel = await runCommand(python.command, ['-c', findBundledPip]);
  if (wheel.exitCode === 0) return { PYTHONPATH: wheel.stdout.trim() };
  throw new Error(
    `${python.command} (${python.version}) has neither pip nor ensurepip, which install the local AWS. ` +
      'Install pip for it (on Debian and Ubuntu: apt-get install python3-pip).',
  );
};

/** Where the emulator's packages go: another Python or other requirements have another folder. */
export const emulatorPackages = (python: Python): string => {
  const key = createHash('sha256')
    .update(readFileSync(requirements))
    .update(`${python.command} ${python.version}`);
  return join(localDirectory, `python-${key.digest('hex').slice(0, 12)}`);
};

/**
 * Installs the pinned emulator under `.local/`, unless it is there already, and returns its folder.
 * It needs no venv, and leaves the machine's Python as it was. Throws with pip's output when that fails.
 */
export const installEmulator = async (python: Python): Promise<string> => {
  const folder = emulatorPackages(python);
  if (existsSync(folder)) return folder;
  const partial = `${folder}.${process.pid}.partial`;
  mkdirSync(localDirectory, { recursive: true });
  const options = ['--quiet', '--no-deps', '--no-compile', '--prefer-binary', '--disable-pip-version-check'];
  const pip = await runCommand(
    python.command,
    ['-m', 'pip', 'install', ...options, '--requirement', requirements, '--target', partial],
    { env: { ...process.env, PIP_ROOT_USER_ACTION: 'ignore', ...(await pipEnvironment(python)) } },
  );
  if (pip.exitCode !== 0) {
    rmSync(partial, { recursive: true, force: true });
    throw new Error(`pip could not install the local AWS into ${folder}:\n${pip.stderr.trim()}`);
  }
  if (existsSync(folder)) rmSync(partial, { recursive: true, force: true });
  else renameSync(partial, folder);
  return folder;
};
