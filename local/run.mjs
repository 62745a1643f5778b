/**
 * Starts a TypeScript entry point on the project's own Node: `node local/run.mjs <file.ts> [args]`.
 * It runs on whatever Node the machine has, before anything is installed, so it is plain JavaScript.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installNodeModules } from './install.mjs';

const OLDEST_NODE = 20;
const PARENT_POLL_MS = 500;
const root = fileURLToPath(new URL('..', import.meta.url));

const fail = (message) => {
  console.error(message);
  process.exit(1);
};

const major = Number(process.versions.node.split('.')[0]);
if (major < OLDEST_NODE) {
  fail(`Tasklane needs Node ${OLDEST_NODE} or newer; this is ${process.version} (${process.execPath}).`);
}

const [file, ...args] = process.argv.slice(2);
if (!file) fail('Usage: node local/run.mjs <file.ts> [arguments]');

try {
  installNodeModules(root);
} catch (error) {
  fail(error.message);
}

const node = join(root, 'node_modules', 'node', 'bin', 'node');
const child = spawn(node, [join(root, file), ...args], { cwd: root, stdio: 'inherit' });

// A terminal sends its signals to the child as well; the child ignores the repetition.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));

const parent = process.ppid;
const watch = setInterval(() => {
  if (process.ppid !== parent) child.kill('SIGTERM');
}, PARENT_POLL_MS);

child.on('error', (error) => fail(`${node} does not start: ${error.message}`));
child.on('exit', (code, signal) => {
  clearInterval(watch);
  process.exit(code ?? 128 + (constants.signals[signal] ?? 0));
});
