import * as z from 'zod';
import { DEFAULT_PRIORITY } from '../lane.ts';
import { DEFAULT_TIMEOUT_SECONDS } from '../task-view.ts';
import { dependenciesSchema, memberDependenciesSchema } from './dependency-schema.ts';
import { httpUrl } from './http-url.ts';
import { idSchema, keySchema, momentSchema, textSchema } from './identifiers.ts';
import { LIMITS } from './limits.ts';
import { metadataSchema } from './metadata-schema.ts';
import { tagsSchema } from './patch-schema.ts';
import { requirementsPartsSchema } from './requirements-schema.ts';
import { retryPartsSchema } from './retry-schema.ts';

/** Characters of a `payload_ref`: ours have some 120. */
const MAX_PAYLOAD_REF = 1024;

const timeoutSeconds = z
  .int()
  .min(1)
  .max(LIMITS.timeoutSeconds, {
    error: ({ input }) =>
      `${input} is out of range: at most ${LIMITS.timeoutSeconds} seconds are allowed, the limit of the largest executor pool`,
  });

/** What every submission may name, also one that is part of another. */
const common = {
  type: textSchema(LIMITS.typeCharacters).min(1).meta({ description: 'A task type of this deployment.' }),
  payload: z.unknown().meta({ description: 'What the type takes.' }),
  name: textSchema(LIMITS.nameCharacters).exactOptional(),
  description: textSchema(LIMITS.descriptionCharacters).exactOptional(),
  agent_id: idSchema
    .nullable()
    .exactOptional()
    .meta({ description: 'Whose task it is; of type `agent`, who is to claim it.' }),
  capability: idSchema
    .nullable()
    .exactOptional()
    .meta({ description: 'Only of type `agent`, instead of agent_id: any agent that has it may claim it.' }),
  priority: z
    .int()
    .min(1)
    .max(10)
    .exactOptional()
    .meta({ description: '1 is the highest.', default: DEFAULT_PRIORITY }),
  timeout_seconds: timeoutSeconds.exactOptional().meta({
    description: 'Seconds that one attempt may take; the type may set another default.',
    default: DEFAULT_TIMEOUT_SECONDS,
  }),
  retry: retryPartsSchema.exactOptional(),
  metadata: metadataSchema.exactOptional(),
  tags: tagsSchema.exactOptional(),
  requirements: requirementsPartsSchema.exactOptional(),
  callback_url: httpUrl
    .nullable()
    .exactOptional()
    .meta({ description: 'Where the task and its result are posted, signed, when it has ended.' }),
  fairness_key: keySchema.nullable().exactOptional().meta({
    description:
      "Whose share of its lane the task takes: while one share is flooded, the others' tasks go first. Else its agent's, else the caller's.",
  }),
  remember: idSchema.nullable().exactOptional().meta({
    description:
      "Stores the output under this key in the agent's memory; without agent_id, in the shared one.",
  }),
  debug: z
    .boolean()
    .exactOptional()
    .meta({ description: 'The result has a report of each attempt.', default: false }),
};

/** What every submission names, parsed. */
export type CommonFields = Omit<z.output<z.ZodObject<typeof common>>, 'payload'> & {
  readonly payload?: unknown;
};

const NONE_WITHIN = 'a compensation or fallback has none of its own; submit such a task by itself';
const notWithin = z.never(NONE_WITHIN).exactOptional();
/** Null says what leaving it out says. */
const nullWithin = z.null(NONE_WITHIN).exactOptional();

/** A submission within another, which the platform itself submits when the time has come. */
export const relatedSchema = z.strictObject({
  ...common,
  compensation: nullWithin,
  fallback: nullWithin,
  scheduled_at: nullWithin,
  deadline: nullWithin,
  dependencies: z.array(z.unknown()).max(0, NONE_WITHIN).exactOptional(),
  ordering_key: nullWithin,
  cache_ttl_seconds: nullWithin,
  payload_ref: notWithin,
  ref: notWithin,
});

/** What takes the place of a task's output when its last attempt has failed. */
export const fallbackSchema = z
  .strictObject({ value: z.unknown().exactOptional(), task: relatedSchema.exactOptional() })
  .refine(
    (fallback) => Object.keys(fallback).length === 1,
    'a fallback is { "value": … } or { "task": a submission }: give exactly one of the two',
  );

/** A submission: `type` and `payload`, and what differs from the defaults. */
export const submissionSchema = z.strictObject({
  ...common,
  payload: z
    .unknown()
    .exactOptional()
    .meta({ description: 'What the type takes. Required, unless `payload_ref` stands for it.' }),
  payload_ref: z.string().min(1).max(MAX_PAYLOAD_REF).exactOptional().meta({
    description: 'What `POST /uploads` answered, instead of `payload`: the uploaded JSON is the payload.',
  }),
  scheduled_at: momentSchema.nullable().exactOptional().meta({
    description: 'Not before then; up to a year ahead. One in the past: at once.',
  }),
  deadline: momentSchema
    .nullable()
    .exactOptional()
    .meta({ description: 'In the future, after `scheduled_at`. A task that has not ended by then fails.' }),
  dependencies: dependenciesSchema.exactOptional(),
  ordering_key: keySchema.nullable().exactOptional().meta({
    description:
      'Tasks of the caller with the same key run strictly one at a time, in the order of their acceptance; not of type `agent`.',
  }),
  cache_ttl_seconds: z.int().min(1).max(LIMITS.cacheTtlSeconds).nullable().exactOptional().meta({
    description:
      'The output may serve tasks of the same type and payload for so long, and theirs this one. Null: no cache.',
  }),
  compensation: relatedSchema
    .nullable()
    .exactOptional()
    .meta({ description: 'A task that is submitted once when this one has failed for good.' }),
  fallback: fallbackSchema.nullable().exactOptional().meta({
    description:
      'What the task completes with when its last attempt has failed: a value, or the output of a task.',
  }),
  ref: z.never('a ref names a task within a batch; leave it out').exactOptional(),
});

/** A member of a batch: others of the batch may depend on it by its `ref`. */
export const batchMemberSchema = submissionSchema.extend({
  ref: idSchema
    .exactOptional()
    .meta({ description: 'A name within the batch, for `dependencies` of others.' }),
  dependencies: memberDependenciesSchema.exactOptional(),
});

/** With its payload, or with the reference of an uploaded one. */
type WithPayload<Fields> = Omit<Fields, 'payload' | 'payload_ref'> &
  ({ payload: unknown; payload_ref?: never } | { payload_ref: string; payload?: never });

/** What a caller may send as a task. */
export type SubmissionInput = WithPayload<z.input<typeof submissionSchema>>;

/** What a caller may send as a member of a batch. */
export type BatchMemberInput = WithPayload<z.input<typeof batchMemberSchema>>;
