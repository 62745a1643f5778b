import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { projectNode, projectRoot } from '../../local/project-root.ts';
import { until } from '../support/until.ts';

let root: string;

/** A project of one package, `fixture`, whose lock file and installation are as told. */
const writeProject = (lockedVersion: string, installedVersion: string): void => {
  const packages = (version: string) => ({ packages: { 'node_modules/fixture': { version } } });
  mkdirSync(join(root, 'node_modules', 'node', 'bin'), { recursive: true });
  symlinkSync(projectNode, join(root, 'node_modules', 'node', 'bin', 'node'));
  symlinkSync(join(projectRoot, 'node_modules', '@esbuild'), join(root, 'node_modules', '@esbuild'));
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify(packages(lockedVersion)));
  writeFileSync(join(root, 'node_modules', '.package-lock.json'), JSON.stringify(packages(installedVersion)));
  cpSync(join(projectRoot, 'local'), join(root, 'local'), { recursive: true });
};

interface Run {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly exitCode: Promise<number | null>;
}

const run = (program: string, ...args: string[]): Run => {
  writeFileSync(join(root, 'program.ts'), program);
  const child = spawn(process.execPath, [join(root, 'local', 'run.mjs'), 'program.ts', ...args]);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  return { child, output: () => text, exitCode: new Promise((resolve) => child.once('close', resolve)) };
};

const waiting = `import { watchLifetime } from './local/lifetime.ts';
const lifetime = watchLifetime();
const alive = setInterval(() => {}, 1_000);
lifetime.signal.addEventListener('abort', () => { clearInterval(alive); process.exit(7); });
console.log('pid ' + process.pid);`;

const pidOf = (started: Run): Promise<number> =>
  until('the program', () => Number(/pid (\d+)/.exec(started.output())?.[1]) || undefined);

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tasklane-run-'));
});
afterEach(() => rmSync(root, { recursive: true }));

describe('given node modules as the lock file says', () => {
  beforeEach(() => writeProject('1.0.0', '1.0.0'));

  it("runs a TypeScript file on the project's Node and passes arguments and exit code on", async () => {
    const program = 'const text: string = process.argv.slice(2).join(); console.log(text); process.exit(3);';
    const started = run(program, 'a', 'b c');
    expect(await started.exitCode).toBe(3);
    expect(started.output()).toBe('a,b c\n');
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('passes %s on and ends when the program does', async (signal) => {
    const started = run(waiting);
    await pidOf(started);
    started.child.kill(signal);
    expect(await started.exitCode).toBe(7);
  });

  it('takes the program with it when it is killed', async () => {
    const started = run(waiting);
    const pid = await pidOf(started);
    started.child.kill('SIGKILL');
    await until('the end of the program', () => !isAlive(pid));
  });
});

describe('given node modules that differ from the lock file', () => {
  it('fails with what npm says when they cannot be installed', async () => {
    writeProject('2.0.0', '1.0.0');
    const started = run('console.log("never");');
    expect(await started.exitCode).toBe(1);
    expect(started.output()).toMatch(/npm ci.* failed/);
    expect(started.output()).not.toContain('never');
  });
});
