import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleFunctions, type FunctionBundle } from '../../lib/bundle-functions.ts';

const root = mkdtempSync(join(tmpdir(), 'bundles-'));
const bundle = (
  stage: 'local' | 'prod',
  folder: string,
  names: readonly ('executor' | 'docs')[] = ['executor'],
) => bundleFunctions({ stage, sourceMaps: stage === 'local', outDir: join(root, folder), names });

const codeOf = ({ directory, files }: FunctionBundle): Readonly<Record<string, string>> => {
  const modules = Object.keys(files).filter((file) => file.endsWith('.mjs'));
  return Object.fromEntries(modules.map((file) => [file, readFileSync(join(directory, file), 'utf8')]));
};

/** A module and those that it imports at once. */
function loadedAtOnce(code: Readonly<Record<string, string>>, entry: string): readonly string[] {
  const loaded = new Set([entry]);
  for (const file of loaded) {
    for (const [, imported = ''] of code[file]?.matchAll(/(?:from|import)"\.\/([^"]+)"/g) ?? [])
      loaded.add(imported);
  }
  return [...loaded];
}

let executor: FunctionBundle;
let docs: FunctionBundle;
let again: FunctionBundle;
let local: FunctionBundle;

beforeAll(async () => {
  ({ executor, docs } = await bundle('prod', 'prod', ['executor', 'docs']));
  ({ executor: again } = await bundle('prod', 'somewhere/else'));
  ({ executor: local } = await bundle('local', 'local'));
}, 60_000);
afterAll(() => rmSync(root, { recursive: true }));

describe('the bundles', () => {
  it('have beside a function the worker that its source names, and the files that it serves', () => {
    expect(Object.keys(executor.files)).toEqual(expect.arrayContaining(['index.mjs', 'jsonata.worker.mjs']));
    expect(Object.keys(docs.files)).toEqual(
      expect.arrayContaining(['index.mjs', 'assets/swagger-ui.css', 'assets/swagger-ui-bundle.js']),
    );
  });

  it('load at a cold start only what every invocation needs, which is not the HTTP client', () => {
    const client = Object.entries(executor.files).find(([file]) => file.startsWith('undici-'));
    const all = Object.values(executor.files).reduce((sum, bytes) => sum + bytes, 0);
    expect(client?.[1]).toBeGreaterThan(0);
    expect(executor.coldStartBytes).toBeGreaterThan(executor.files['index.mjs'] ?? Number.NaN);
    expect(executor.coldStartBytes).toBeLessThanOrEqual(all - (client?.[1] ?? 0));
  });

  it('load the client of S3 with the first large value, and not at a cold start', () => {
    const code = codeOf(executor);
    const withS3 = Object.keys(code).filter((file) => code[file]?.includes('CopyObject'));
    expect(withS3).not.toEqual([]);
    const loaded = loadedAtOnce(code, 'index.mjs');
    for (const file of withS3) expect(loaded).not.toContain(file);
  });

  it('tell their sizes, also in a file', () => {
    expect(executor.files['index.mjs']).toBe(Buffer.byteLength(codeOf(executor)['index.mjs'] ?? ''));
    const sizes = JSON.parse(readFileSync(join(root, 'prod', 'sizes.json'), 'utf8'));
    expect(sizes.docs).toEqual({ coldStartBytes: docs.coldStartBytes, files: docs.files });
  });

  it('are the same bytes from the same source, so that a deployment without a change changes nothing', () => {
    expect(codeOf(again)).toEqual(codeOf(executor));
  });

  it('have the stage compiled in, which no setting can change', () => {
    for (const built of [executor, local]) {
      expect(Object.values(codeOf(built)).join('')).not.toContain('TASKLANE_BUILD_STAGE');
    }
  });

  it('have source maps where the stage ships them', () => {
    expect(codeOf(local)['index.mjs']).toContain('//# sourceMappingURL=index.mjs.map');
    expect(Object.values(codeOf(executor)).join('')).not.toContain('sourceMappingURL');
  });
});
