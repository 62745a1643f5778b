import { join } from 'node:path';
import { bundleFunctions, type FunctionBundle } from '../lib/bundle-functions.ts';
import type { FunctionName } from '../lib/function-name.ts';
import { localDirectory } from '../local/project-root.ts';
import { type BenchDeployment, deployForBench } from './deployment.ts';
import { type Lab, startLab } from './path/lab.ts';
import { type SynthesizedApp, synthesizeApp } from './synthesized-app.ts';

/** Where the bench leaves its files: bundles, profiles, logs. */
export const benchDirectory = join(localDirectory, 'bench');

/** The stage whose functions and settings are measured. */
export const MEASURED_STAGE = 'prod';

/** What several parts need; each is made when the first of them asks for it. */
export interface Shared {
  readonly app: () => Promise<SynthesizedApp>;
  readonly bundles: () => Promise<Readonly<Record<FunctionName, FunctionBundle>>>;
  /** Stub and function processes, warm or not. */
  readonly lab: () => Promise<Lab>;
  /** A deployment of the stage `local` on an emulator of its own. */
  readonly deployment: () => Promise<BenchDeployment>;
  /** Ends all that was started. */
  readonly stop: () => Promise<void>;
}

export function createShared(): Shared {
  const app = once(() => synthesizeApp(MEASURED_STAGE, join(benchDirectory, 'app')));
  const bundles = once(() =>
    bundleFunctions({ stage: MEASURED_STAGE, sourceMaps: true, outDir: join(benchDirectory, 'bundles') }),
  );
  const lab = once(async () => {
    const [{ tables }, made] = [await app.get(), await bundles.get()];
    const bundleOf = (name: FunctionName) => join(made[name].directory, 'index.mjs');
    return startLab({ tables, bundleOf, directory: join(benchDirectory, 'logs') });
  });
  const deployment = once(() => deployForBench(join(benchDirectory, 'deployment')));
  return {
    app: app.get,
    bundles: bundles.get,
    lab: lab.get,
    deployment: deployment.get,
    stop: async () => {
      if (lab.isMade()) (await lab.get()).stop();
      if (deployment.isMade()) await (await deployment.get()).stop();
    },
  };
}

/** Makes a value when it is first asked for, and no second time. */
function once<T>(make: () => Promise<T>): { readonly get: () => Promise<T>; readonly isMade: () => boolean } {
  let made: Promise<T> | undefined;
  return {
    get: () => {
      made ??= make();
      return made;
    },
    isMade: () => made !== undefined,
  };
}
