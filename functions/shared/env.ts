import * as z from 'zod/mini';

/** A setting that must not be empty. */
export const text = z.string().check(z.minLength(1));

/** A whole number, from 1. */
export const count = z.coerce.number().check(z.int(), z.positive());

/** A value of a schema, as JSON text. */
export function json<Schema extends z.core.$ZodType>(schema: Schema) {
  return z.pipe(z.pipe(text, z.transform(parseJson)), schema);
}

/** URLs of queues by their names: a JSON object. */
export const queueUrls = json(z.record(text, text));

/** The executor pools, the smallest first: a JSON list. */
export const pools = json(
  z.array(
    z.object({
      name: text,
      provides: z.object({
        cpu_cores: z.number(),
        memory_gb: z.number(),
        storage_gb: z.number(),
        gpu_units: z.number(),
      }),
      attemptSeconds: z.number(),
    }),
  ),
);

const laneLimit = z.object({ maxConcurrency: z.number(), maxPending: z.nullable(z.number()) });

/** What each lane is limited to: a JSON object. */
export const laneLimits = json(
  z.object({ critical: laneLimit, high: laneLimit, normal: laneLimit, low: laneLimit }),
);

function parseJson(value: string, context: z.core.ParsePayload): unknown {
  try {
    return JSON.parse(value);
  } catch {
    context.issues.push({ code: 'custom', message: 'it is no JSON', input: value });
    return z.NEVER;
  }
}

/** What tasks of type `lambda_invoke` may invoke: a JSON list of names and ARNs; the task type reads it itself. */
export const invokedFunctions = { LAMBDA_INVOKE_FUNCTIONS: text };

/** What CDK must put into the environment of a function whose schema is `Schema`. */
export type Environment<Schema extends z.ZodMiniObject> = Record<keyof z.infer<Schema>, string>;

/** Parses a function's environment. Throws an Error that names every wrong variable. */
export function parseEnv<Schema extends z.ZodMiniObject>(
  schema: Schema,
  variables: Readonly<Record<string, string | undefined>>,
): z.infer<Schema> {
  const parsed = z.safeParse(schema, variables);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`the function's environment is wrong: ${wrong.join('; ')}`);
}
