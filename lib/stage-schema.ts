import { z } from 'zod';
import { LIMITS } from '../core/contract/limits.ts';
import { functionReference, isOwnFunction } from '../core/function-reference.ts';

/** The stages that can be deployed. `local` is the emulator's. */
export const STAGES = ['local', 'dev', 'staging', 'prod'] as const;

export type StageName = (typeof STAGES)[number];

/** A whole number between two bounds; the message names value, rule and where the bounds come from. */
function wholeNumber(min: number, max: number, source: string) {
  return z.number().refine((value) => Number.isInteger(value) && value >= min && value <= max, {
    error: ({ input }) => `${input} is no whole number from ${min} to ${max} (${source}); choose one that is`,
  });
}

/** Log retentions that CloudWatch Logs knows, in days, up to two years. */
const logRetentionDays = z.literal([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731], {
  error: ({ input }) =>
    `${input} days is no retention of CloudWatch Logs; choose 1, 3, 5, 7, 14, 30, 60, 90 …`,
});

const httpsUrl = z.url({
  protocol: /^https$/,
  error: ({ input }) => `${input} is no https URL; give the issuer exactly as its tokens name it in "iss"`,
});

/** How one queue is served. */
const queueSchema = z.strictObject({
  /** Executors that may work on it at a time. */
  maxConcurrency: wholeNumber(2, 1000, "the limits of an SQS mapping's maximum concurrency"),
  /** Tasks an executor gets at once. */
  batchSize: wholeNumber(1, 10_000, "the limits of an SQS mapping's batch size"),
  /** How long Lambda may gather a batch. It adds to the latency. */
  batchWindowSeconds: wholeNumber(0, 300, "the limits of an SQS mapping's batching window"),
  /** Receives after which a message is a dead letter. Throttled receives and put-backs count, so it is generous. */
  maxReceiveCount: wholeNumber(1, 1000, 'the limits of a redrive policy'),
});

/** How the queue of ordered tasks is served. */
const orderedSchema = z.strictObject({
  /** Executors that may work on it at a time, each on other keys. */
  maxConcurrency: wholeNumber(2, 1000, "the limits of an SQS mapping's maximum concurrency"),
  /** Tasks an executor gets at once; those of one key it runs one after the other. */
  batchSize: wholeNumber(1, 10, 'the limits of a FIFO queue'),
});

/** What a task of a pool may ask for. Rows and the API have these names. */
const providesSchema = z.strictObject({
  cpu_cores: z.number().positive(),
  memory_gb: z.number().positive(),
  storage_gb: z.number().positive(),
  gpu_units: z.literal(0, { error: ({ input }) => `${input}: Lambda has no GPUs; set it to 0` }),
});

const executorSchema = z.strictObject({
  memoryMb: wholeNumber(128, 10_240, "Lambda's limits"),
  ephemeralStorageMb: wholeNumber(512, 10_240, "Lambda's limits"),
  timeoutSeconds: wholeNumber(1, 900, "Lambda's limits"),
  /** How long a claim holds its task; attempts that take longer extend it. */
  leaseSeconds: wholeNumber(10, 90, 'it is what a killed executor costs its tasks'),
  /** How long the queues hide a message that was handed out. */
  visibilitySeconds: wholeNumber(1, 43_200, 'the limits of an SQS queue'),
  /** Concurrency that belongs to the executor alone: what its queues may use together. */
  reservedConcurrency: wholeNumber(10, 10_000, 'four lanes and solo need two each'),
});

/** One executor pool: a function of its own, with queues of its own. */
const poolSchema = z.strictObject({
  /** Part of the names of its queues and of its function, unless it is the smallest. */
  name: z.string().regex(/^[a-z][a-z0-9]{0,15}$/, {
    error: ({ input }) => `"${input}": a pool has 1 to 16 small letters and digits, a letter first`,
  }),
  provides: providesSchema,
  /** The longest that an attempt may take. */
  attemptSeconds: wholeNumber(1, LIMITS.timeoutSeconds, "an attempt ends within its Lambda's 900 s"),
  executor: executorSchema,
  lanes: perLane(queueSchema),
  /** The queue of tasks that have crashed twice: they run alone. */
  solo: queueSchema,
});

/** The same settings for each lane. */
function perLane<Schema extends z.ZodType>(schema: Schema) {
  return z.strictObject({ critical: schema, high: schema, normal: schema, low: schema });
}

const identitySchema = z.discriminatedUnion('kind', [
  /** A Cognito user pool of the stage's own, with one machine client per role. */
  z.strictObject({
    kind: z.literal('cognito'),
    tokenValidityHours: wholeNumber(1, 24, "Cognito's limit for access tokens"),
  }),
  /** Any other OpenID Connect issuer. */
  z.strictObject({
    kind: z.literal('oidc'),
    issuer: httpsUrl,
    /** What `aud` (or `client_id`, where a token has no `aud`) must be one of. */
    audience: z
      .array(z.string().min(1))
      .min(1, { error: 'an empty list admits nobody; name at least one audience' }),
  }),
]);

const httpSchema = z.strictObject({
  /** Requests a second that API Gateway lets through, of all callers together; more are 429. */
  ratePerSecond: wholeNumber(1, 10_000, "API Gateway's default quota for an account and region"),
  burst: wholeNumber(1, 5_000, "API Gateway's default quota for an account and region"),
  /** Origins whose pages may call the API. None: no CORS headers. */
  corsOrigins: z.array(z.union([z.literal('*'), z.url({ protocol: /^https?$/ })])),
});

/** A Lambda function that tasks may invoke. */
const invokedFunction = z
  .string()
  .refine((text) => functionReference(text) !== undefined, {
    error: ({ input }) =>
      `${input} is neither the name nor the ARN of a Lambda function; write name, name:alias, or arn:aws:lambda:…:function:name`,
  })
  .refine(
    (text) => {
      const reference = functionReference(text);
      return reference === undefined || !isOwnFunction(reference);
    },
    {
      error: ({ input }) =>
        `${input} is a function of Tasklane itself, which a task must not run around the API and the lanes; submit a task instead, and remove it here`,
    },
  );

/** The settings of one stage. Unknown keys are refused; `stage-rules.ts` checks what concerns several settings. */
export const stageSchema = z.strictObject({
  stage: z.enum(STAGES),
  /** How long ended tasks, their results and payloads are kept. */
  retentionDays: wholeNumber(1, 3650, 'ten years'),
  /** Keeps tables and user pool when their stack goes, and refuses to delete them or the stacks by mistake. */
  protectData: z.boolean(),
  pointInTimeRecovery: z.boolean(),
  /** Encrypts the tables with a KMS key of the account (1 USD a month) instead of one that AWS owns. */
  customerManagedKey: z.boolean(),
  /** Partitions of each hour of the time index. It may rise, never fall: readers would miss what lies in the others. */
  timeIndexShards: wholeNumber(1, 64, 'a list reads all of them'),
  /** The load that tables and indexes are made ready for from their first minute; null: what a new table takes. */
  peakTasksPerSecond: wholeNumber(
    1,
    13_000,
    'a table takes 40,000 write units a second by default, a task three',
  ).nullable(),
  /**
   * The executor pools, the smallest first. Three at the most: the URLs of all queues are in the environment of
   * functions, which Lambda limits to 4 KB.
   */
  pools: z.array(poolSchema).min(1).max(3),
  /** The queue of tasks with an ordering_key, which the smallest pool serves. */
  ordered: orderedSchema,
  /** Messages that may wait on a lane; past it, submissions to it are refused (429). null: as many as come. */
  maxPending: perLane(wholeNumber(1, 1_000_000_000, 'null takes as many as come').nullable()),
  /** Long polls have their own concurrency, so that waiting clients take nothing away from the rest. */
  wait: z.strictObject({ reservedConcurrency: wholeNumber(1, 10_000, 'a client that waits needs one') }),
  /** Claims of agents, which may wait too. */
  claims: z.strictObject({ reservedConcurrency: wholeNumber(1, 10_000, 'an agent that waits needs one') }),
  /** Invocations of the dispatcher for one shard of the stream at a time. */
  dispatcher: z.strictObject({ parallelizationFactor: wholeNumber(1, 10, 'the limits of a stream mapping') }),
  /** The account's quota of concurrent Lambda executions in the region. */
  accountConcurrency: wholeNumber(10, 100_000, 'see Service Quotas'),
  http: httpSchema,
  /** The functions that tasks of type `lambda_invoke` may invoke; each is a grant of its own, on exactly what it names. */
  lambdaInvoke: z.strictObject({ functions: z.array(invokedFunction) }),
  /** Reports of tasks with `debug`. */
  debug: z.strictObject({
    /** Growth of memory during an attempt, in MB, above which its report has a warning. */
    memoryGrowthMb: wholeNumber(1, 10_240, 'the memory that a function may have'),
  }),
  identity: identitySchema,
  /** The claim of the token that names the tenant. */
  tenantClaim: z.string().min(1),
  /** The claim of the token that lists a person's groups. */
  groupsClaim: z.string().min(1),
  logs: z.strictObject({
    level: z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR']),
    retentionDays: logRetentionDays,
  }),
  /** Ships source maps with the functions: readable stack traces, larger packages. */
  sourceMaps: z.boolean(),
});

export type StageConfig = Readonly<z.infer<typeof stageSchema>>;
export type PoolConfig = StageConfig['pools'][number];
export type QueueConfig = PoolConfig['solo'];
