import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { bundleFunctions } from '../../lib/bundle-functions.ts';

const root = mkdtempSync(join(tmpdir(), 'bundles-'));
afterAll(() => rmSync(root, { recursive: true }));

const bundle = (stage: 'local' | 'prod', folder: string) =>
  bundleFunctions({
    stage,
    sourceMaps: stage === 'local',
    outDir: join(root, folder),
    names: ['executor', 'docs'],
  });

describe('the bundles', () => {
  const prod = bundle('prod', 'prod');
  const code = (bundles: typeof prod, file = 'index.mjs') =>
    readFileSync(join(bundles.executor.directory, file), 'utf8');

  it('have beside a function the worker that its source names, and the files that it serves', () => {
    expect(Object.keys(prod.executor.bytes)).toEqual(['index.mjs', 'jsonata.worker.mjs']);
    expect(Object.keys(prod.docs.bytes)).toContain('assets/swagger-ui-bundle.js');
  });

  it('tell the size of every file, also in a file', () => {
    expect(prod.executor.bytes['index.mjs']).toBe(Buffer.byteLength(code(prod)));
    const sizes = JSON.parse(readFileSync(join(root, 'prod', 'sizes.json'), 'utf8'));
    expect(sizes).toEqual({ executor: prod.executor.bytes, docs: prod.docs.bytes });
  });

  it('are the same bytes from the same source, so that a deployment without a change changes nothing', () => {
    const again = bundle('prod', 'again');
    expect(code(again)).toBe(code(prod));
    expect(code(again, 'jsonata.worker.mjs')).toBe(code(prod, 'jsonata.worker.mjs'));
  });

  it('have the stage compiled in, which no setting can change', () => {
    expect(code(prod)).not.toContain('TASKLANE_BUILD_STAGE');
    expect(code(prod)).not.toContain('sourceMappingURL');
    expect(code(bundle('local', 'local'))).toContain('sourceMappingURL=index.mjs.map');
  });
});
