import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { localDirectory, projectNode, projectRoot } from '../local/project-root.ts';

/**
 * `npm test`: every check of the project, with what each took. Steps of a wave run side by side, the waves one after
 * the other. Arguments name steps to run alone.
 */
interface Step {
  readonly name: string;
  readonly command: readonly string[];
  /** Runs vitest, whose report tells how many tests passed and failed; any other step counts as one. */
  readonly vitest?: boolean;
}

interface Tally {
  readonly passed: number;
  readonly failed: number;
}

const bin = (name: string, file: string): string => join(projectRoot, 'node_modules', name, file);
const reportFile = (name: string): string => join(localDirectory, 'test', `${name}.json`);

const vitestStep = (name: string, ...projects: readonly string[]): Step => ({
  name,
  vitest: true,
  command: [
    bin('vitest', 'vitest.mjs'),
    'run',
    ...projects.flatMap((project) => ['--project', project]),
    '--reporter=dot',
    '--reporter=json',
    `--outputFile.json=${reportFile(name)}`,
  ],
});

const WAVES: readonly (readonly Step[])[] = [
  [
    { name: 'types', command: [bin('typescript', 'bin/tsc'), '-p', '.'] },
    { name: 'lint', command: [bin('@biomejs/biome', 'bin/biome'), 'check', '.'] },
    {
      name: 'imports',
      command: [
        bin('dependency-cruiser', 'bin/dependency-cruiser.mjs'),
        ...['--config', '.dependency-cruiser.mjs', 'bin', 'core', 'lib', 'functions', 'client'],
        ...['local', 'bench', 'test'],
      ],
    },
    { name: 'unused', command: [bin('knip', 'bin/knip.js')] },
  ],
  [vitestStep('unit', 'unit')],
  [vitestStep('emulator', 'emulator')],
  // Both wait more than they work, each on a deployment of its own.
  [vitestStep('e2e', 'e2e'), vitestStep('disruptive', 'disruptive')],
];

const STEPS = WAVES.flat();

/** What a step prints is shown as it comes if it is alone, else when it has ended. */
async function run(step: Step, isAlone: boolean): Promise<Tally> {
  rmSync(reportFile(step.name), { force: true });
  const printed: Buffer[] = [];
  const exitCode = await new Promise<number>((resolve) => {
    const stdio = isAlone ? 'inherit' : 'pipe';
    const child = spawn(projectNode, step.command, {
      cwd: projectRoot,
      env: isAlone && process.stdout.isTTY ? process.env : { ...process.env, NO_COLOR: '1' },
      stdio: ['ignore', stdio, stdio],
    });
    child.stdout?.on('data', (chunk: Buffer) => printed.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => printed.push(chunk));
    child.once('error', () => resolve(1));
    child.once('close', (code) => resolve(code ?? 1));
  });
  if (!isAlone) console.log(`\n== ${step.name}\n${Buffer.concat(printed).toString('utf8').trimEnd()}`);
  const counted = step.vitest ? readReport(step.name) : { passed: 0, failed: 0 };
  if (exitCode === 0) return step.vitest ? counted : { passed: 1, failed: 0 };
  return { passed: counted.passed, failed: Math.max(counted.failed, 1) };
}

function readReport(name: string): Tally {
  try {
    const report = JSON.parse(readFileSync(reportFile(name), 'utf8'));
    return { passed: Number(report.numPassedTests), failed: Number(report.numFailedTests) };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !STEPS.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(`"${unknown.join(', ')}" is no step; there are: ${STEPS.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

mkdirSync(join(localDirectory, 'test'), { recursive: true });
const lines: string[] = [];
const total = { passed: 0, failed: 0 };
for (const wave of WAVES) {
  const steps = wave.filter(({ name }) => asked.length === 0 || asked.includes(name));
  if (steps.length === 0) continue;
  console.log(`\n== ${steps.map(({ name }) => name).join(', ')}`);
  const startedAtMs = performance.now();
  await Promise.all(
    steps.map(async (step) => {
      const { passed, failed } = await run(step, steps.length === 1);
      total.passed += passed;
      total.failed += failed;
      const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
      lines.push(`${step.name.padEnd(10)} ${seconds.padStart(6)} s  ${passed} passed, ${failed} failed`);
    }),
  );
}
console.log(`\n${lines.join('\n')}`);
writeFileSync(join(localDirectory, 'test', 'total.json'), JSON.stringify(total));
process.exitCode = total.failed === 0 ? 0 : 1;
