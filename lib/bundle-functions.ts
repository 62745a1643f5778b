import { copyFileSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import { FUNCTION_NAMES, type FunctionName } from './function-name.ts';
import type { StageConfig } from './stage-schema.ts';

const projectRoot = fileURLToPath(new URL('..', import.meta.url));

/** Files that a function serves, copied into `assets` beside its code as they are. */
const ASSETS: Partial<Record<FunctionName, readonly string[]>> = {
  docs: ['swagger-ui-dist/swagger-ui.css', 'swagger-ui-dist/swagger-ui-bundle.js'],
};

/** Packages that are CommonJS call `require`, which a module does not have. */
const REQUIRE = "import { createRequire } from 'node:module';const require = createRequire(import.meta.url);";

export interface BundleOptions<Name extends FunctionName = FunctionName>
  extends Pick<StageConfig, 'stage' | 'sourceMaps'> {
  /** Where the bundles go, a folder each; emptied first. */
  readonly outDir: string;
  /** Which functions. @default all */
  readonly names?: readonly Name[];
}

/** A function's code as it is deployed. */
export interface FunctionBundle {
  readonly directory: string;
  /** Bytes that every cold start loads: `index.mjs` and what it imports at once. */
  readonly coldStartBytes: number;
  /** Bytes of each file, source maps aside. */
  readonly files: Readonly<Record<string, number>>;
}

/**
 * Bundles functions into `<outDir>/<name>/index.mjs`, the AWS SDK and everything else included, so that no
 * runtime version changes what runs. What the source imports only when it needs it is a file of its own, which a
 * cold start does not load; a `*.worker.ts` or `*.apart.ts` that the source names is a bundle of its own beside it,
 * `*.worker.mjs` or `*.apart.mjs`. The same source gives the same bytes. Writes the sizes to `<outDir>/sizes.json`. Throws what esbuild finds wrong.
 */
export async function bundleFunctions<Name extends FunctionName = FunctionName>(
  options: BundleOptions<Name>,
): Promise<Readonly<Record<Name, FunctionBundle>>> {
  const names: readonly FunctionName[] = options.names ?? FUNCTION_NAMES;
  rmSync(options.outDir, { recursive: true, force: true });
  const bundles = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await bundleFunction(name, options)] as const)),
  );
  const sizes = Object.entries(bundles).map(([name, { coldStartBytes, files }]) => [
    name,
    { coldStartBytes, files },
  ]);
  writeFileSync(
    join(options.outDir, 'sizes.json'),
    `${JSON.stringify(Object.fromEntries(sizes), null, 2)}\n`,
  );
  return bundles as Record<Name, FunctionBundle>;
}

async function bundleFunction(name: FunctionName, options: BundleOptions): Promise<FunctionBundle> {
  const directory = join(options.outDir, name);
  const source = `functions/${name}/index.ts`;
  const { outputs, inputs } = await bundle({ ...options, outDir: directory }, { index: source });
  const apart = bundledApart(inputs);
  if (Object.keys(apart).length > 0) await bundle({ ...options, outDir: directory }, apart);
  const assets = copyAssets(name, directory);
  const code = [...Object.keys(outputs).map((path) => basename(path)), ...Object.keys(apart).map(toModule)];
  const files = [...code.filter((file) => file.endsWith('.mjs')).sort(), ...assets];
  return {
    directory,
    coldStartBytes: coldStartBytes(outputs),
    files: Object.fromEntries(files.map((file) => [file, statSync(join(directory, file)).size])),
  };
}

async function bundle(
  { stage, sourceMaps, outDir }: BundleOptions,
  entryPoints: Record<string, string>,
): Promise<Metafile> {
  const options = {
    absWorkingDir: projectRoot,
    entryPoints,
    outdir: outDir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    minify: true,
    keepNames: true,
    legalComments: 'none',
    banner: { js: REQUIRE },
    // No setting of a function can turn on what only the local stage may do.
    define: { 'process.env.TASKLANE_BUILD_STAGE': JSON.stringify(stage) },
    sourcemap: sourceMaps ? 'linked' : false,
    sourcesContent: false,
    metafile: true,
    plugins: [APART],
    logLevel: 'warning',
  } as const satisfies BuildOptions;
  return (await build(options)).metafile;
}

/**
 * What is only ever imported when it is needed, and with copies of all that it needs: modules that it shared with
 * the function would come to the cold start with parts that the function has no use for.
 */
const APART: Plugin = {
  name: 'apart',
  setup: ({ onResolve }) =>
    onResolve({ filter: /\.apart\.ts$/ }, ({ path, kind }) =>
      kind === 'entry-point' ? undefined : { path: `./${basename(path, '.ts')}.mjs`, external: true },
    ),
};

/** Entry points for what is bundled apart: what the project's own sources name by such a path. */
function bundledApart(inputs: Metafile['inputs']): Record<string, string> {
  const sources = Object.keys(inputs).filter((path) => !path.includes('node_modules/'));
  const paths = sources.flatMap((source) => {
    const text = readFileSync(join(projectRoot, source), 'utf8');
    return [...text.matchAll(/'(\.[^']*\.(?:worker|apart))\.ts'/g)].map(([, path = '']) => [
      basename(path),
      resolve(projectRoot, dirname(source), `${path}.ts`),
    ]);
  });
  return Object.fromEntries(paths) as Record<string, string>;
}

const toModule = (entry: string): string => `${entry}.mjs`;

/** The entry's bytes and those of the files that it imports at once. */
function coldStartBytes(outputs: Metafile['outputs']): number {
  const entry = Object.keys(outputs).filter((path) => outputs[path]?.entryPoint?.endsWith('/index.ts'));
  const loaded = new Set(entry);
  for (const path of loaded) {
    const imports = outputs[path]?.imports ?? [];
    for (const { path: imported, kind } of imports) {
      if (kind === 'import-statement' && outputs[imported] !== undefined) loaded.add(imported);
    }
  }
  return [...loaded].reduce((sum, path) => sum + (outputs[path]?.bytes ?? 0), 0);
}

function copyAssets(name: FunctionName, directory: string): readonly string[] {
  const { resolve: locate } = createRequire(import.meta.url);
  return (ASSETS[name] ?? []).map((asset) => {
    const file = join('assets', basename(asset));
    mkdirSync(join(directory, 'assets'), { recursive: true });
    copyFileSync(locate(asset), join(directory, file));
    return file;
  });
}
