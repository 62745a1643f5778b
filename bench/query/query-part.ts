import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DYNAMODB, withShortFirstTry } from '../../functions/shared/aws/short-first-try.ts';
import { stageConfig } from '../../lib/config.ts';
import { awsClientSettings } from '../../local/aws-environment.ts';
import { requireOutput } from '../../local/require-output.ts';
import { copyTable } from '../../test/support/table-copy.ts';
import type { BenchDeployment } from '../deployment.ts';
import type { Part, PartReport } from '../part.ts';
import { functionEnvironment, TABLES } from '../path/function-environment.ts';
import { startFunctionProcess } from '../path/function-process.ts';
import { benchDirectory, type Shared } from '../shared.ts';
import { startStubAws } from '../stub/stub-aws.ts';
import { textTable } from '../text-table.ts';
import { measureQueries, type QueryFigure } from './measure-queries.ts';
import { seedRows } from './seed-rows.ts';

const ROWS = 100_000;
const CALLS = { emulator: 10, stub: 200 } as const;
/** The emulator would take minutes for the longest walks. */
const MAX_LOOKS = { emulator: 0, stub: 10_000 } as const;

/** Milliseconds that a handler may take on average. */
const TARGET_MS = 50;

/** Where queries are asked. */
interface Site {
  readonly name: keyof typeof CALLS;
  readonly endpoint: string;
  readonly tasksTable: string;
  readonly controlTable: string;
  readonly shards: number;
  /** What the functions' environment has beside the usual. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Part 6: queries over many rows. */
export const queryPart: Part = {
  name: 'query',
  title: `Queries over ${ROWS.toLocaleString('en-US')} rows, time in the handler`,
  run: async (shared) => {
    const stub = await startStubAws((await shared.app()).tables);
    try {
      const atStub = await measureAt(shared, stubSite(stub.url));
      const { site, drop } = await emulatorSite(await shared.deployment());
      const atEmulator = await measureAt(shared, site);
      await drop();
      return reportOf(atStub, atEmulator);
    } finally {
      stub.stop();
    }
  },
};

const stubSite = (endpoint: string): Site => ({
  name: 'stub',
  endpoint,
  tasksTable: TABLES.tasks,
  controlTable: TABLES.control,
  shards: stageConfig('prod').timeIndexShards,
  variables: {},
});

/** A copy of the tasks table, which has no stream: with it the rows would take minutes to put. */
async function emulatorSite({
  emulator,
  outputs,
}: BenchDeployment): Promise<{ site: Site; drop: () => Promise<void> }> {
  const settings = awsClientSettings(emulator.url);
  const { SecretList = [] } = await new SecretsManagerClient(settings).send(new ListSecretsCommand({}));
  const cursors = SecretList.find(({ Description }) => Description?.includes('cursors'));
  const { table: tasksTable, drop } = await copyTable(
    new DynamoDBClient(settings),
    requireOutput(outputs, 'TasksTable'),
  );
  const controlTable = requireOutput(outputs, 'ControlTable');
  const { timeIndexShards: shards } = stageConfig('local');
  const variables = {
    TASKS_TABLE: tasksTable,
    CONTROL_TABLE: controlTable,
    RESULTS_TABLE: requireOutput(outputs, 'ResultsTable'),
    CURSOR_SECRET_ID: cursors?.ARN ?? '',
    TIME_INDEX_SHARDS: String(shards),
    // The root user has no session.
    AWS_SESSION_TOKEN: '',
  };
  const site = {
    name: 'emulator',
    endpoint: emulator.url,
    tasksTable,
    controlTable,
    shards,
    variables,
  } as const;
  return { site, drop };
}

async function measureAt(shared: Shared, site: Site): Promise<readonly QueryFigure[]> {
  const client = withShortFirstTry(
    new DynamoDBClient({ ...awsClientSettings(site.endpoint), cacheMiddleware: true }),
    DYNAMODB,
  );
  const seeded = await seedRows({ client, rows: ROWS, ...site });
  const bundles = await shared.bundles();
  const directory = join(benchDirectory, 'logs');
  mkdirSync(directory, { recursive: true });
  const start = (name: 'api' | 'wait') =>
    startFunctionProcess({
      bundle: join(bundles[name].directory, 'index.mjs'),
      environment: { ...functionEnvironment(name, site.endpoint), ...site.variables },
      logFile: join(directory, `${name}-at-${site.name}.log`),
    });
  const functions = { api: await start('api'), wait: await start('wait') };
  try {
    return await measureQueries(functions, seeded, {
      calls: CALLS[site.name],
      maxLooks: MAX_LOOKS[site.name],
    });
  } finally {
    functions.api.stop();
    functions.wait.stop();
  }
}

function reportOf(atStub: readonly QueryFigure[], atEmulator: readonly QueryFigure[]): PartReport {
  const rows = atStub.map(({ query, looks = '', mean_ms, p95_ms }) => {
    const there = atEmulator.find((figure) => figure.query === query);
    return [query, looks, mean_ms, p95_ms, there?.mean_ms ?? '', there?.p95_ms ?? ''];
  });
  const pages = atStub.filter(({ looks }) => looks === undefined);
  return {
    text: [
      textTable([['query', 'looks', 'mean ms', 'p95 ms', 'mean ms on the emulator', 'p95 ms'], ...rows]),
      "The stub keeps its indexes sorted, as DynamoDB does. The emulator looks through all rows of a table for each query: what its figures have above the stub's is its own time. Looks: rows read one by one, since no index has just what is asked for.",
    ].join('\n\n'),
    figures: { rows: ROWS, stub: atStub, emulator: atEmulator },
    targets: [
      {
        what: 'slowest query that an index answers, mean of the handler',
        measured: Math.max(...pages.map(({ mean_ms }) => mean_ms)),
        target: TARGET_MS,
        bound: 'at_most',
        unit: 'ms',
      },
    ],
  };
}
