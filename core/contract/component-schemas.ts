import * as z from 'zod';
import { agentPageSchema, agentSchema, registrationSchema } from './agent-schema.ts';
import { batchAnswerSchema, batchSchema } from './batch-schema.ts';
import { bulkAnswerSchema, bulkSchema, bulkStartedSchema } from './bulk-schema.ts';
import {
  claimSchema,
  claimsAnswerSchema,
  completionSchema,
  heartbeatAnswerSchema,
  heartbeatSchema,
  reportedFailureSchema,
} from './claim-schemas.ts';
import { dependencyChangeSchema, dependencySchema } from './dependency-schema.ts';
import { failureSchema } from './failure-schema.ts';
import { healthSchema } from './health-schema.ts';
import { historySchema } from './history-schema.ts';
import { laneStatusSchema, redriveAnswerSchema } from './lane-schema.ts';
import { memoryEntriesSchema, memoryEntrySchema, memoryInputSchema } from './memory-schema.ts';
import { taskPageSchema } from './page-schema.ts';
import { patchSchema } from './patch-schema.ts';
import { problemSchema } from './problem-schema.ts';
import { requirementsSchema } from './requirements-schema.ts';
import { attemptSchema, resultSchema } from './result-schema.ts';
import { retrySchema } from './retry-schema.ts';
import { batchMemberSchema, submissionSchema } from './submission-schema.ts';
import { taskSchema, taskSummarySchema } from './task-schema.ts';
import { uploadRequestSchema, uploadSchema } from './upload-schema.ts';

/** A JSON schema of the document. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** The schemas of the document by name: what is sent, and what is answered. */
const REQUESTS = {
  Submission: submissionSchema,
  Batch: batchSchema,
  BatchMember: batchMemberSchema,
  TaskPatch: patchSchema,
  AgentRegistration: registrationSchema,
  MemoryInput: memoryInputSchema,
  Claim: claimSchema,
  Heartbeat: heartbeatSchema,
  Completion: completionSchema,
  ReportedFailure: reportedFailureSchema,
  UploadRequest: uploadRequestSchema,
  BulkRequest: bulkSchema,
  DependencyChange: dependencyChangeSchema,
};
const ANSWERS = {
  Claims: claimsAnswerSchema,
  HeartbeatAnswer: heartbeatAnswerSchema,
  Task: taskSchema,
  TaskSummary: taskSummarySchema,
  TaskPage: taskPageSchema,
  TaskResult: resultSchema,
  TaskAttempt: attemptSchema,
  TaskHistory: historySchema,
  TaskFailure: failureSchema,
  Dependency: dependencySchema,
  RetryPolicy: retrySchema,
  Requirements: requirementsSchema,
  BatchAnswer: batchAnswerSchema,
  Agent: agentSchema,
  AgentPage: agentPageSchema,
  MemoryEntry: memoryEntrySchema,
  MemoryEntries: memoryEntriesSchema,
  BulkAnswer: bulkAnswerSchema,
  BulkStarted: bulkStartedSchema,
  Upload: uploadSchema,
  LaneStatus: laneStatusSchema,
  RedriveAnswer: redriveAnswerSchema,
  Health: healthSchema,
  Problem: problemSchema,
};

const uri = (name: string) => `#/components/schemas/${name}`;

/** All named schemas, referring to each other. */
export function componentSchemas(): Readonly<Record<string, JsonSchema>> {
  return { ...render(REQUESTS, 'input'), ...render(ANSWERS, 'output') };
}

/** A reference to a named schema. Throws a TypeError for one without a name. */
export function schemaRef(schema: z.core.$ZodType): JsonSchema {
  const named = Object.entries({ ...REQUESTS, ...ANSWERS }).find(([, candidate]) => candidate === schema);
  if (named === undefined) throw new TypeError('the schema has no name in the OpenAPI document');
  return { $ref: uri(named[0]) };
}

/** The schema of one parameter. */
export function parameterSchema(schema: z.core.$ZodType): JsonSchema {
  return withoutIds(z.toJSONSchema(schema, { io: 'output', override: withoutNoise }));
}

function render(schemas: Readonly<Record<string, z.core.$ZodType>>, io: 'input' | 'output') {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(schemas)) registry.add(schema, { id });
  const rendered = Object.entries(z.toJSONSchema(registry, { uri, io, override: withoutNoise }).schemas);
  return Object.fromEntries(rendered.map(([name, schema]) => [name, withoutIds(schema)]));
}

/**
 * A time's format says it: the pattern that checks its days is 300 characters long. That a whole number fits
 * into a double goes without saying.
 */
function withoutNoise({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
}

/** The document itself says which dialect its schemas are in, and where they are. */
function withoutIds({ $schema: _, $id: __, ...schema }: z.core.JSONSchema.BaseSchema): JsonSchema {
  return schema;
}
