import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { expect, onTestFinished, test } from 'vitest';

const run = promisify(execFile);

test('a bundled evaluation finds its worker beside it, needs nothing else, and lets the process end', async () => {
  // GIVEN a bundle alone in a folder, with its worker
  const directory = await mkdtemp(join(tmpdir(), 'expressions-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await build({
    entryPoints: {
      index: 'functions/shared/expressions/evaluate-expression.ts',
      'jsonata.worker': 'functions/shared/expressions/jsonata.worker.ts',
    },
    outdir: directory,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    minify: true,
  });
  await writeFile(
    join(directory, 'main.mjs'),
    `import { evaluateExpression } from './index.mjs';
    const options = { signal: new AbortController().signal, attemptSeconds: 30 };
    console.log(JSON.stringify(await evaluateExpression('$sum(a)', '{"a": [1, 2]}', options)));`,
  );
  // WHEN
  const { stdout, stderr } = await run(process.execPath, [join(directory, 'main.mjs')], { env: {} });
  // THEN
  expect(JSON.parse(stdout)).toEqual({ ok: true, value: 3 });
  expect(stderr).toBe('');
});
