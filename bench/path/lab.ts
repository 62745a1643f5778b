import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type StubAws, startStubAws } from '../stub/stub-aws.ts';
import type { TableSchema } from '../stub/table-schema.ts';
import { functionEnvironment } from './function-environment.ts';
import { type FunctionProcess, startFunctionProcess } from './function-process.ts';
import { PATH_FUNCTIONS, type PathFunction } from './path-functions.ts';

/** The stub, and the functions of the path, each in a process of its own. */
export interface Lab {
  readonly stub: StubAws;
  readonly functions: Readonly<Record<PathFunction, FunctionProcess>>;
  readonly stop: () => void;
}

export interface LabOptions {
  readonly tables: readonly TableSchema[];
  /** The bundle of a function. */
  readonly bundleOf: (name: PathFunction) => string;
  /** Where logs go. */
  readonly directory: string;
}

/** Starts all of it; it ends with this process. */
export async function startLab({ tables, bundleOf, directory }: LabOptions): Promise<Lab> {
  mkdirSync(directory, { recursive: true });
  const stub = await startStubAws(tables);
  const start = (name: PathFunction): Promise<FunctionProcess> =>
    startFunctionProcess({
      bundle: bundleOf(name),
      environment: functionEnvironment(name, stub.url),
      logFile: join(directory, `${name}.log`),
    });
  const [api, dispatcher, executor] = [
    await start('api'),
    await start('dispatcher'),
    await start('executor'),
  ];
  const functions = { api, dispatcher, executor };
  return {
    stub,
    functions,
    stop: () => {
      for (const name of PATH_FUNCTIONS) functions[name].stop();
      stub.stop();
    },
  };
}
