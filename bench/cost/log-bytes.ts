/** What CloudWatch Logs adds to each event (PutLogEvents, "Constraints"). */
const EVENT_OVERHEAD_BYTES = 26;

/** Bytes that log lines are charged for. */
export function logBytes(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + Buffer.byteLength(line) + EVENT_OVERHEAD_BYTES, 0);
}

/** What stands for the `$context` variables of an access log, as long as AWS makes them. */
const SAMPLES: Readonly<Record<string, string>> = {
  requestId: 'JKJaXmPLvHcESHA=',
  routeKey: 'ANY /api/v1/{proxy+}',
  status: '202',
  responseLatency: '25',
};

/** A line of an access log of this format. Throws for a variable that has no sample. */
export function accessLogLine(format: string): string {
  return format.replaceAll(/\$context\.([\w.]+)/g, (variable, name: string) => {
    const sample = SAMPLES[name];
    if (sample === undefined) throw new Error(`${variable} has no sample; add it to bench/cost/log-bytes.ts`);
    return sample;
  });
}

/** The custom metrics that lines in the embedded metric format make: one for each name and set of dimensions. */
export function metricsOf(lines: readonly string[]): ReadonlySet<string> {
  return new Set(lines.filter((line) => line.includes('"_aws"')).flatMap(metricsOfLine));
}

interface EmbeddedMetrics extends Readonly<Record<string, unknown>> {
  readonly _aws: {
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
}

function metricsOfLine(line: string): readonly string[] {
  const values = JSON.parse(line) as EmbeddedMetrics;
  return values._aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((names) => {
      const dimensions = names.map((name) => `${name}=${values[name]}`).join(',');
      return Metrics.map(({ Name }) => `${Namespace}/${Name}{${dimensions}}`);
    }),
  );
}
