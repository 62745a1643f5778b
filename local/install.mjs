import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** Whether every package of the lock file is installed in the locked version. */
const isInstalled = (root) => {
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  const present = readJson(installed).packages;
  return Object.entries(readJson(join(root, 'package-lock.json')).packages).every(
    ([path, entry]) =>
      path === '' || present[path]?.version === entry.version || (entry.optional && !present[path]),
  );
};

const run = (command, args, cwd) => {
  const { status, error, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status === 0) return;
  const why = error ? error.message : `${stdout}${stderr}`.trim();
  throw new Error(`\`${command} ${args.join(' ')}\` failed in ${cwd}:\n${why}`);
};

/** What their install scripts bring: npm may be set not to run these, or to leave optional packages out. */
const programs = [
  { name: 'node', program: 'node/bin/node', script: 'installArchSpecificPackage.js' },
  {
    name: 'esbuild',
    program: `@esbuild/${process.platform}-${process.arch}/bin/esbuild`,
    script: 'install.js',
  },
];

const completePrograms = (modules) => {
  for (const { name, program, script } of programs) {
    if (existsSync(join(modules, program))) continue;
    run(process.execPath, [script], join(modules, name));
    if (!existsSync(join(modules, program))) {
      throw new Error(
        `${join(modules, program)} is still missing after \`node ${script}\` of the package ${name}.`,
      );
    }
  }
};

/**
 * Installs the locked node modules where they are missing or differ from the lock file, silently.
 * Throws an Error with npm's own output when that fails.
 */
export const installNodeModules = (root) => {
  if (!isInstalled(root)) {
    console.error('Installing node modules …');
    run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], root);
  }
  completePrograms(join(root, 'node_modules'));
};
