import * as z from 'zod/mini';
import type { Lane } from '../../core/lane.ts';

/** A setting that must not be empty. */
export const text = z.string().check(z.minLength(1));

/** A whole number, from 1. */
export const count = z.coerce.number().check(z.int(), z.positive());

/** The queues of the lanes, one variable each. */
export const laneQueueUrls = {
  CRITICAL_QUEUE_URL: text,
  HIGH_QUEUE_URL: text,
  NORMAL_QUEUE_URL: text,
  LOW_QUEUE_URL: text,
};

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

/** The lanes' queues, from an environment that has `laneQueueUrls`. */
export function queueUrlsOf(
  env: Readonly<Record<keyof typeof laneQueueUrls, string>>,
): Readonly<Record<Lane, string>> {
  return {
    critical: env.CRITICAL_QUEUE_URL,
    high: env.HIGH_QUEUE_URL,
    normal: env.NORMAL_QUEUE_URL,
    low: env.LOW_QUEUE_URL,
  };
}
