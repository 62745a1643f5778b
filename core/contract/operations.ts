import type * as z from 'zod';
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
import { dependencyChangeSchema } from './dependency-schema.ts';
import { healthSchema } from './health-schema.ts';
import { historySchema } from './history-schema.ts';
import { laneStatusSchema, redriveAnswerSchema } from './lane-schema.ts';
import { memoryEntriesSchema, memoryEntrySchema, memoryInputSchema } from './memory-schema.ts';
import { taskPageSchema } from './page-schema.ts';
import { patchSchema } from './patch-schema.ts';
import type { ProblemCode } from './problems.ts';
import { resultSchema } from './result-schema.ts';
import type { Operation } from './routes.ts';
import { submissionSchema } from './submission-schema.ts';
import { taskSchema } from './task-schema.ts';
import { uploadRequestSchema, uploadSchema } from './upload-schema.ts';

/** One answer that is no problem. */
export interface DocumentedAnswer {
  readonly description: string;
  /** The schema of our JSON; the media type of anything else. @default an answer without a body */
  readonly content?: z.core.$ZodType | string;
  /** Where the task is that was begun, as `Location`. */
  readonly hasLocation?: boolean;
  /** The version that `If-Match` takes, as `ETag`. */
  readonly hasEtag?: boolean;
}

/** What the OpenAPI document says of an operation, beside its route. */
export interface OperationDoc {
  readonly tag: 'Tasks' | 'Agents' | 'Operations';
  readonly summary: string;
  readonly description?: string;
  readonly body?: z.core.$ZodType;
  readonly takesIdempotencyKey?: boolean;
  readonly takesIfMatch?: boolean;
  readonly takesIfNoneMatch?: boolean;
  readonly answers: Readonly<Record<number, DocumentedAnswer>>;
  readonly problems: readonly ProblemCode[];
}

const bodyProblems = [
  'invalid_json',
  'payload_too_large',
  'unsupported_media_type',
  'validation_failed',
] as const;
/** Where there is nothing to say: a body may be empty, or an object without fields. */
const noBodyProblems = ['invalid_json', 'payload_too_large', 'validation_failed'] as const;
const changeProblems = [
  'task_not_found',
  'invalid_state_transition',
  'validation_failed',
  'storage_unavailable',
] as const;
const whoseMemory =
  'The memory of `shared` belongs to all executors, that of an agent to who has registered it, and to admins.';
const filters =
  'Items have no payload. A page may be shorter than `limit`; the list ends where `next_cursor` is null.';

const bulkRules =
  'A task does it, batch by batch, with progress; its output is `{ matched, changed, refused_count, refused }`. Tasks created from now on are left alone. With an `Idempotency-Key` the same body sent again answers 200 and the same task.';
const bulkDoc = {
  tag: 'Tasks',
  body: bulkSchema,
  takesIdempotencyKey: true,
  answers: {
    200: {
      description: 'What a dry run has counted, or the task that this key has started before.',
      content: bulkAnswerSchema,
      hasLocation: true,
    },
    202: { description: 'The task that does it.', content: bulkStartedSchema, hasLocation: true },
  },
  problems: [...bodyProblems, 'idempotency_key_reused', 'storage_unavailable'],
} as const;

/** All operations, as they are documented. */
export const OPERATIONS: Readonly<Record<Operation, OperationDoc>> = {
  submitTask: {
    tag: 'Tasks',
    summary: 'Submit a task',
    description: 'With an `Idempotency-Key` the same body sent again answers 200 and the same task.',
    body: submissionSchema,
    takesIdempotencyKey: true,
    answers: {
      202: { description: 'The task is stored and will run.', content: taskSchema, hasLocation: true },
      200: {
        description: 'The task that this key has submitted before.',
        content: taskSchema,
        hasLocation: true,
      },
    },
    problems: [
      ...bodyProblems,
      'dependency_not_found',
      'idempotency_key_reused',
      'lane_full',
      'storage_unavailable',
    ],
  },
  submitBatch: {
    tag: 'Tasks',
    summary: 'Submit up to 500 tasks',
    description:
      'Nothing is stored if any task is not valid. Should storing fail half-way, the problem `storage_unavailable` has `items`: those that are stored. With an `Idempotency-Key` the same batch sent again completes it.',
    body: batchSchema,
    takesIdempotencyKey: true,
    answers: {
      202: { description: 'All tasks are stored.', content: batchAnswerSchema },
      200: { description: 'All tasks were stored by this key before.', content: batchAnswerSchema },
    },
    problems: [
      ...bodyProblems,
      'dependency_not_found',
      'dependency_cycle',
      'idempotency_key_reused',
      'lane_full',
      'storage_unavailable',
    ],
  },
  createUpload: {
    tag: 'Tasks',
    summary: 'Ask where to upload a payload of up to 50 MB',
    description:
      'PUT the payload, exactly `size` bytes of JSON, to `upload_url`; then submit `payload_ref` instead of `payload`, once or often, before `expires_at`.',
    body: uploadRequestSchema,
    answers: { 200: { description: 'The promised place. Nothing is stored yet.', content: uploadSchema } },
    problems: bodyProblems,
  },
  listTasks: {
    tag: 'Tasks',
    summary: 'List tasks, newest first',
    description: filters,
    answers: { 200: { description: 'A page of tasks.', content: taskPageSchema } },
    problems: ['validation_failed'],
  },
  getTask: {
    tag: 'Tasks',
    summary: 'Read a task, or wait for its end',
    answers: { 200: { description: 'The task; as it is, when the time is up.', content: taskSchema } },
    problems: ['task_not_found', 'validation_failed'],
  },
  getResult: {
    tag: 'Tasks',
    summary: 'Read the result of a task, or wait for it',
    answers: { 200: { description: 'What came of the task.', content: resultSchema } },
    problems: ['task_not_found', 'task_not_finished', 'validation_failed'],
  },
  getHistory: {
    tag: 'Tasks',
    summary: 'Read every transition of a task',
    answers: { 200: { description: 'The transitions, oldest first.', content: historySchema } },
    problems: ['task_not_found', 'validation_failed'],
  },
  patchTask: {
    tag: 'Tasks',
    summary: 'Change a task that waits to run',
    description:
      'Another priority moves a queued task to its lane. `If-Match` with the `version` that you have seen keeps two callers from undoing each other.',
    body: patchSchema,
    takesIfMatch: true,
    answers: { 200: { description: 'The changed task.', content: taskSchema, hasEtag: true } },
    problems: [...bodyProblems, ...changeProblems, 'version_mismatch'],
  },
  cancelTask: {
    tag: 'Tasks',
    summary: 'Cancel a task',
    answers: {
      200: { description: 'The cancelled task.', content: taskSchema, hasEtag: true },
      202: {
        description: 'The task runs: its handler is told, and it is cancelled soon.',
        content: taskSchema,
        hasEtag: true,
      },
    },
    problems: [...noBodyProblems, ...changeProblems],
  },
  retryTask: {
    tag: 'Tasks',
    summary: 'Try a failed task again',
    description: 'The retry policy starts again: `max_attempts` more. `attempt` goes on counting.',
    answers: {
      202: {
        description: 'The task, queued, or waiting for what it depends on.',
        content: taskSchema,
        hasEtag: true,
      },
    },
    problems: [...noBodyProblems, ...changeProblems, 'dependency_cycle'],
  },
  restartTask: {
    tag: 'Tasks',
    summary: 'Take a running task away from its attempt',
    description:
      'Ends the lease of the attempt; the next one starts at once. The old one is stopped when it is seen, and whatever it still does is not counted.',
    answers: { 200: { description: 'The task, queued.', content: taskSchema, hasEtag: true } },
    problems: [...noBodyProblems, ...changeProblems],
  },
  bulkCancel: {
    ...bulkDoc,
    summary: 'Cancel all tasks that meet a filter',
    description: `${bulkRules} Running tasks are told to stop.`,
  },
  bulkRetry: { ...bulkDoc, summary: 'Retry all failed tasks that meet a filter', description: bulkRules },
  putDependency: {
    tag: 'Tasks',
    summary: 'Let a waiting task wait for another one too',
    description:
      'The same dependency again changes nothing; another condition takes the place of the one before. A dependency that has failed already fails the task.',
    body: dependencyChangeSchema,
    answers: {
      201: { description: 'The task; it waits for that too.', content: taskSchema, hasEtag: true },
      200: {
        description: 'The task; it has had that dependency, perhaps with another condition.',
        content: taskSchema,
        hasEtag: true,
      },
    },
    problems: [...bodyProblems, ...changeProblems, 'dependency_not_found', 'dependency_cycle'],
  },
  deleteDependency: {
    tag: 'Tasks',
    summary: 'Let a waiting task no longer wait for another one',
    answers: { 204: { description: 'The task waits for the others that are left, if any.' } },
    problems: [...changeProblems, 'dependency_not_found'],
  },
  listAgentTasks: {
    tag: 'Agents',
    summary: 'List the tasks of an agent, newest first',
    description: filters,
    answers: { 200: { description: 'A page of tasks.', content: taskPageSchema } },
    problems: ['validation_failed'],
  },
  listAgents: {
    tag: 'Agents',
    summary: 'List agents, newest first',
    description: 'A page ends early where the tasks of many agents must be counted for the first time.',
    answers: { 200: { description: 'A page of agents.', content: agentPageSchema } },
    problems: ['validation_failed'],
  },
  getAgent: {
    tag: 'Agents',
    summary: 'Read an agent',
    answers: { 200: { description: 'The agent.', content: agentSchema } },
    problems: ['agent_not_found', 'validation_failed'],
  },
  registerAgent: {
    tag: 'Agents',
    summary: 'Register an agent, or register it anew',
    description:
      'Who has registered it, or an admin, may act for it. The id `shared` names the memory of all.',
    body: registrationSchema,
    answers: {
      201: { description: 'It is registered.', content: agentSchema },
      200: { description: 'It is registered anew, in place of what was before.', content: agentSchema },
    },
    problems: [...bodyProblems, 'storage_unavailable'],
  },
  claimTasks: {
    tag: 'Agents',
    summary: 'Claim tasks of type `agent`',
    description:
      "Strictly by priority, then age, out of the agent's own mailbox and those of its capabilities. An expired lease can be claimed at once.",
    body: claimSchema,
    answers: { 200: { description: 'What was claimed, perhaps nothing.', content: claimsAnswerSchema } },
    problems: [...bodyProblems, 'agent_not_found'],
  },
  agentHeartbeat: {
    tag: 'Agents',
    summary: 'Keep the leases of claimed tasks',
    description: 'Each is extended by the `lease_seconds` that it was claimed for.',
    body: heartbeatSchema,
    answers: { 200: { description: 'What became of each lease.', content: heartbeatAnswerSchema } },
    problems: [...bodyProblems, 'agent_not_found'],
  },
  completeTask: {
    tag: 'Agents',
    summary: 'End a claimed task with its output',
    description: 'The same call again answers the same.',
    body: completionSchema,
    answers: { 200: { description: 'The task.', content: taskSchema } },
    problems: [...bodyProblems, 'task_not_found', 'lease_lost', 'storage_unavailable'],
  },
  failTask: {
    tag: 'Agents',
    summary: 'End an attempt at a claimed task with an error',
    description: 'It is tried again as its policy says. The same call again answers the same.',
    body: reportedFailureSchema,
    answers: { 200: { description: 'The task.', content: taskSchema } },
    problems: [...bodyProblems, 'task_not_found', 'lease_lost', 'storage_unavailable'],
  },
  getMemories: {
    tag: 'Agents',
    summary: 'Read several entries of a memory',
    description: whoseMemory,
    answers: { 200: { description: 'Those that exist.', content: memoryEntriesSchema } },
    problems: ['agent_not_found', 'answer_too_large', 'validation_failed'],
  },
  getMemory: {
    tag: 'Agents',
    summary: 'Read an entry of a memory',
    description: whoseMemory,
    answers: { 200: { description: 'The entry.', content: memoryEntrySchema, hasEtag: true } },
    problems: ['agent_not_found', 'memory_not_found', 'validation_failed'],
  },
  putMemory: {
    tag: 'Agents',
    summary: 'Put an entry into a memory',
    description: whoseMemory,
    body: memoryInputSchema,
    takesIfMatch: true,
    takesIfNoneMatch: true,
    answers: {
      201: { description: 'There was no entry.', content: memoryEntrySchema, hasEtag: true },
      200: { description: 'The entry is replaced.', content: memoryEntrySchema, hasEtag: true },
    },
    problems: [...bodyProblems, 'agent_not_found', 'version_mismatch'],
  },
  deleteMemory: {
    tag: 'Agents',
    summary: 'Delete an entry of a memory',
    description: `${whoseMemory} An entry that is not there is as good as deleted, unless \`If-Match\` names it.`,
    takesIfMatch: true,
    answers: { 204: { description: 'It is gone.' } },
    problems: ['agent_not_found', 'version_mismatch', 'validation_failed'],
  },
  clearCache: {
    tag: 'Operations',
    summary: 'Clear the result cache of a task type',
    description:
      'Tasks submitted from now on are run anew; what still runs that was submitted before is not cached.',
    answers: { 204: { description: 'It is clear.' } },
    problems: ['validation_failed', 'storage_unavailable'],
  },
  pauseLane: {
    tag: 'Operations',
    summary: 'Stop serving a lane',
    description:
      'Its tasks are accepted and wait, within a minute. What runs is not stopped, and what runs alone after crashes goes on. The lane stays paused, deployments or not, until it is resumed.',
    answers: { 200: { description: 'The lane, paused.', content: laneStatusSchema } },
    problems: noBodyProblems,
  },
  resumeLane: {
    tag: 'Operations',
    summary: 'Serve a lane again',
    answers: { 200: { description: 'The lane, served within a minute.', content: laneStatusSchema } },
    problems: noBodyProblems,
  },
  redriveLane: {
    tag: 'Operations',
    summary: 'Try the dead letters of a lane again',
    description:
      'Every task of the lane that failed as `dead_lettered` is retried as by hand. Where `next_cursor` is not null, call again with it as `cursor`. Twice is harmless.',
    answers: { 200: { description: 'What was done.', content: redriveAnswerSchema } },
    problems: noBodyProblems,
  },
  getHealth: {
    tag: 'Operations',
    summary: 'Ask how the platform is',
    answers: {
      200: { description: 'Healthy or degraded.', content: healthSchema },
      503: { description: 'Unhealthy.', content: healthSchema },
    },
    problems: [],
  },
  getOpenApi: {
    tag: 'Operations',
    summary: 'Read this document',
    answers: { 200: { description: 'An OpenAPI 3.1 document.', content: 'application/json' } },
    problems: [],
  },
  getDocs: {
    tag: 'Operations',
    summary: 'Read this document as a page',
    answers: { 200: { description: 'A page.', content: 'text/html' } },
    problems: [],
  },
  getDocsFile: {
    tag: 'Operations',
    summary: 'Read a file of the page',
    answers: { 200: { description: 'A style sheet or a script.', content: 'text/plain' } },
    problems: ['not_found'],
  },
};
