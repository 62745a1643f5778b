import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, buildSync, type Metafile } from 'esbuild';
import { FUNCTION_NAMES, type FunctionName } from './function-name.ts';
import type { StageConfig } from './stage-schema.ts';

const projectRoot = fileURLToPath(new URL('..', import.meta.url));

/** Files that a function serves, copied beside its code as they are. */
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
  /** Bytes of each file: what a cold start loads is `index.mjs`. */
  readonly bytes: Readonly<Record<string, number>>;
}

/**
 * Bundles every function into `<outDir>/<name>/index.mjs`, the AWS SDK and everything else included, so that no
 * runtime version changes what runs; a `*.worker.ts` that its source names comes beside it as `*.worker.mjs`. The
 * same source gives the same bytes. Writes the sizes to `<outDir>/sizes.json`. Throws what esbuild finds wrong.
 */
export function bundleFunctions<Name extends FunctionName = FunctionName>(
  options: BundleOptions<Name>,
): Readonly<Record<Name, FunctionBundle>> {
  const wanted: readonly FunctionName[] = options.names ?? FUNCTION_NAMES;
  rmSync(options.outDir, { recursive: true, force: true });
  const names = Object.fromEntries(wanted.map((name) => [`${name}/index`, `functions/${name}/index.ts`]));
  const functions = build(names, options);
  const workers = build(
    Object.fromEntries(wanted.flatMap((name) => workerEntries(functions, name))),
    options,
  );
  const bundles = wanted.map((name): [FunctionName, FunctionBundle] => {
    const directory = join(options.outDir, name);
    const bytes = {
      ...codeSizes(functions, name),
      ...codeSizes(workers, name),
      ...copyAssets(name, directory),
    };
    return [name, { directory, bytes }];
  });
  const sizes = Object.fromEntries(bundles.map(([name, bundle]) => [name, bundle.bytes]));
  writeFileSync(join(options.outDir, 'sizes.json'), `${JSON.stringify(sizes, null, 2)}\n`);
  return Object.fromEntries(bundles) as Record<Name, FunctionBundle>;
}

function build(entryPoints: Record<string, string>, { stage, sourceMaps, outDir }: BundleOptions): Metafile {
  const options = {
    absWorkingDir: projectRoot,
    entryPoints,
    outdir: outDir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
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
    logLevel: 'warning',
  } as const satisfies BuildOptions;
  return buildSync(options).metafile;
}

/** The workers that the source of a function names by their path. */
function workerEntries({ outputs }: Metafile, name: FunctionName): readonly [string, string][] {
  const bundle = Object.values(outputs).find(({ entryPoint }) => entryPoint === `functions/${name}/index.ts`);
  const sources = Object.keys(bundle?.inputs ?? {}).filter((path) => !path.includes('node_modules/'));
  return sources.flatMap((source) => {
    const text = readFileSync(join(projectRoot, source), 'utf8');
    return [...text.matchAll(/'(\.[^']*\.worker)\.ts'/g)].map(([, path = '']): [string, string] => [
      `${name}/${basename(path)}`,
      resolve(projectRoot, dirname(source), `${path}.ts`),
    ]);
  });
}

function codeSizes({ outputs }: Metafile, name: FunctionName): Record<string, number> {
  const own = Object.entries(outputs).filter(
    ([path]) => path.endsWith('.mjs') && basename(dirname(path)) === name,
  );
  return Object.fromEntries(own.map(([path, { bytes }]) => [basename(path), bytes]));
}

function copyAssets(name: FunctionName, directory: string): Record<string, number> {
  const require = createRequire(import.meta.url);
  const copied = (ASSETS[name] ?? []).map((asset): [string, number] => {
    const target = join(directory, 'assets', basename(asset));
    if (!existsSync(dirname(target))) mkdirSync(dirname(target));
    copyFileSync(require.resolve(asset), target);
    return [`assets/${basename(asset)}`, readFileSync(target).length];
  });
  return Object.fromEntries(copied);
}
