import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { synthesize } from '../local/deploy.ts';
import type { TableSchema } from './stub/table-schema.ts';

/** What the templates of a stage say, as far as figures depend on it. */
export interface SynthesizedApp {
  /** The tables, by the short names `tasks`, `results`, `metrics`, `control`. */
  readonly tables: readonly TableSchema[];
  /** Memory of each function. */
  readonly memoryMb: Readonly<Record<string, number>>;
  /** Queues that Lambda polls. */
  readonly queueMappings: number;
  /** One line of the API's access log, with `$context` variables. */
  readonly accessLogFormat: string;
}

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: { readonly Ref?: string } }>>;
}

/** Synthesizes a stage, as a deployment would, and reads its templates. Throws with the CDK's own output. */
export async function synthesizeApp(stage: string, outDir: string): Promise<SynthesizedApp> {
  await synthesize({ stage, outDir });
  const assembly = join(outDir, 'cdk.out');
  const templates = readdirSync(assembly)
    .filter((file) => file.endsWith('.template.json'))
    .map((file) => JSON.parse(readFileSync(join(assembly, file), 'utf8')) as Template);
  const resources = templates.flatMap(({ Resources }) => Object.values(Resources));
  const ofType = (type: string) => resources.filter(({ Type }) => Type === type).map((one) => one.Properties);
  return {
    tables: templates.flatMap(tablesOf),
    memoryMb: Object.fromEntries(ofType('AWS::Lambda::Function').flatMap(memoryOf)),
    queueMappings: ofType('AWS::Lambda::EventSourceMapping').filter((one) => 'ScalingConfig' in one).length,
    accessLogFormat: ofType('AWS::ApiGatewayV2::Stage').map(formatOf).join(''),
  };
}

interface KeyElement {
  readonly AttributeName: string;
}

interface TableProperties {
  readonly KeySchema: readonly KeyElement[];
  readonly GlobalSecondaryIndexes?: readonly { IndexName: string; KeySchema: readonly KeyElement[] }[];
}

/** The tables that a stack's outputs name: `TasksTable` is `tasks`. */
function tablesOf({ Resources, Outputs = {} }: Template): readonly TableSchema[] {
  return Object.entries(Outputs).flatMap(([output, { Value }]) => {
    const resource = Resources[Value.Ref ?? ''];
    if (resource?.Type !== 'AWS::DynamoDB::Table') return [];
    const { KeySchema, GlobalSecondaryIndexes = [] } = resource.Properties as unknown as TableProperties;
    const indexes = GlobalSecondaryIndexes.map((index) => ({
      name: index.IndexName,
      key: index.KeySchema.map(({ AttributeName }) => AttributeName),
    }));
    const key = KeySchema.map(({ AttributeName }) => AttributeName);
    return [{ name: output.replace(/Table$/, '').toLowerCase(), key, indexes }];
  });
}

/** Functions that are not the project's own have no service name. */
function memoryOf(properties: Resource['Properties']): readonly (readonly [string, number])[] {
  const { Variables } = (properties.Environment ?? {}) as { Variables?: Record<string, unknown> };
  const name = Variables?.POWERTOOLS_SERVICE_NAME;
  return typeof name === 'string' ? [[name, Number(properties.MemorySize)]] : [];
}

const formatOf = ({ AccessLogSettings }: Resource['Properties']): string =>
  (AccessLogSettings as { Format?: string } | undefined)?.Format ?? '';
