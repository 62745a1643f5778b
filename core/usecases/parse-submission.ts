import type * as z from 'zod';
import { AGENT_TYPE } from '../agents/mailbox.ts';
import { RESERVED_TYPES } from '../bulk.ts';
import { type Checked, checkInput } from '../contract/input-errors.ts';
import { jsonPointer } from '../contract/json-pointer.ts';
import { LIMITS } from '../contract/limits.ts';
import {
  batchMemberSchema,
  type CommonFields,
  type fallbackSchema,
  submissionSchema,
} from '../contract/submission-schema.ts';
import { DEFAULT_CONDITION } from '../dependencies/condition.ts';
import type { InputError } from '../errors.ts';
import type { Pool } from '../pool.ts';
import type { Fallback, Submission, SubmittedDependency } from '../submission.ts';
import type { FindTaskType, TaskType } from '../task-types.ts';
import { placeSubmission } from './place-submission.ts';

/** A member of a batch: a submission, and the name that others of the batch may have for it. */
export interface ParsedMember {
  readonly submission: Submission;
  readonly ref?: string;
}

/** A member of a batch out of a body, or all that is wrong with it, as `parseSubmission` tells it. */
export function parseMember(
  body: unknown,
  base: string,
  findTaskType: FindTaskType,
  pools: readonly Pool[],
): Checked<ParsedMember> {
  const parsed = parseBy(batchMemberSchema, body, base, findTaskType, pools);
  if (!parsed.ok) return parsed;
  const { ref } = body as { readonly ref?: string };
  return { ok: true, value: { submission: parsed.value, ...(ref === undefined ? {} : { ref }) } };
}

/**
 * A submission out of a body, or all that is wrong with it; `base` is where it stands in the body. The type
 * and its payload are looked at even where other fields are wrong.
 */
export function parseSubmission(
  body: unknown,
  base: string,
  findTaskType: FindTaskType,
  pools: readonly Pool[],
): Checked<Submission> {
  return parseBy(submissionSchema, body, base, findTaskType, pools);
}

function parseBy(
  schema: typeof submissionSchema | typeof batchMemberSchema,
  body: unknown,
  base: string,
  findTaskType: FindTaskType,
  pools: readonly Pool[],
): Checked<Submission> {
  const checked = checkInput(schema, body, base);
  const errors = [
    ...(checked.ok ? [] : checked.errors),
    ...presenceErrors(body, base),
    ...typeErrors(body, base, findTaskType),
    ...orderErrors(body, base),
    ...relatedErrors(body, base, findTaskType),
  ];
  if (!checked.ok || errors.length > 0) return { ok: false, errors };
  const { payload_ref, scheduled_at, deadline, compensation, fallback } = checked.value;
  const { cache_ttl_seconds, dependencies, ordering_key } = checked.value;
  const submission: Submission = {
    ...commonOf(checked.value),
    ...(isNamed(payload_ref) ? { payload_ref } : {}),
    ...(isNamed(scheduled_at) ? { scheduled_at: Date.parse(scheduled_at) } : {}),
    ...(isNamed(deadline) ? { deadline: Date.parse(deadline) } : {}),
    ...(isNamed(compensation) ? { compensation: commonOf(compensation) } : {}),
    ...(isNamed(fallback) ? { fallback: fallbackOf(fallback) } : {}),
    ...(isNamed(cache_ttl_seconds) ? { cache_ttl_seconds } : {}),
    ...(isNamed(dependencies) ? { dependencies: dependencies.map(submittedDependency) } : {}),
    ...(isNamed(ordering_key) ? { ordering_key } : {}),
  };
  return placeSubmission(submission, base, findTaskType, pools);
}

/** Whether a field says something: null says as much as leaving it out. */
function isNamed<T>(value: T | null | undefined): value is T {
  return value !== undefined && value !== null;
}

/** What every submission may name, without what says nothing. */
function commonOf(input: CommonFields): Submission {
  const { type, payload, name, description, agent_id, priority, timeout_seconds } = input;
  const { retry, metadata, tags, callback_url, capability, remember, requirements, fairness_key, debug } =
    input;
  return {
    type,
    payload,
    ...(isNamed(name) ? { name } : {}),
    ...(isNamed(description) ? { description } : {}),
    ...(isNamed(agent_id) ? { agent_id } : {}),
    ...(isNamed(capability) ? { capability } : {}),
    ...(isNamed(priority) ? { priority } : {}),
    ...(isNamed(timeout_seconds) ? { timeout_seconds } : {}),
    ...(isNamed(retry) ? { retry } : {}),
    ...(isNamed(metadata) ? { metadata } : {}),
    ...(isNamed(tags) ? { tags } : {}),
    ...(isNamed(callback_url) ? { callback_url } : {}),
    ...(isNamed(remember) ? { remember } : {}),
    ...(isNamed(requirements) ? { requirements } : {}),
    ...(isNamed(fairness_key) ? { fairness_key } : {}),
    ...(debug ? { debug } : {}),
  };
}

function fallbackOf({ value, task }: z.output<typeof fallbackSchema>): Fallback {
  return task === undefined ? { value } : { task: commonOf(task) };
}

/** What is wrong with the types and sizes of the submissions within one. */
function relatedErrors(body: unknown, base: string, findTaskType: FindTaskType): readonly InputError[] {
  if (typeof body !== 'object' || body === null) return [];
  const { compensation, fallback } = body as Record<string, unknown>;
  const task =
    typeof fallback === 'object' && fallback !== null
      ? (fallback as Record<string, unknown>).task
      : undefined;
  return [
    ...typeErrors(compensation, jsonPointer(base, ['compensation']), findTaskType),
    ...typeErrors(task, jsonPointer(base, ['fallback', 'task']), findTaskType),
    ...sizeErrors(compensation, jsonPointer(base, ['compensation'])),
    ...sizeErrors(fallback, jsonPointer(base, ['fallback'])),
  ];
}

function sizeErrors(related: unknown, path: string): readonly InputError[] {
  const bytes = related === undefined ? 0 : Buffer.byteLength(JSON.stringify(related));
  if (bytes <= LIMITS.relatedBytes) return [];
  return [{ path, message: `it has ${bytes} bytes of JSON; at most ${LIMITS.relatedBytes} are allowed` }];
}

/** Exactly one of the two says what the payload is. */
function presenceErrors(body: unknown, base: string): readonly InputError[] {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return [];
  const { payload, payload_ref } = body as Record<string, unknown>;
  if ((payload === undefined) !== (payload_ref === undefined)) return [];
  return payload === undefined
    ? [{ path: jsonPointer(base, ['payload']), message: 'this field is required, or payload_ref' }]
    : [
        {
          path: jsonPointer(base, ['payload_ref']),
          message: 'there is a payload already; send one of the two',
        },
      ];
}

interface DependencyInput {
  readonly task_id?: string;
  readonly ref?: string;
  readonly condition?: SubmittedDependency['condition'];
}

/** The schema has let through only what names one of both. */
function submittedDependency(input: DependencyInput): SubmittedDependency {
  const { task_id, ref = '', condition = DEFAULT_CONDITION } = input;
  return task_id === undefined ? { ref, condition } : { task_id, condition };
}

function typeErrors(body: unknown, base: string, findTaskType: FindTaskType): readonly InputError[] {
  if (typeof body !== 'object' || body === null) return [];
  const { type, payload } = body as Record<string, unknown>;
  if (typeof type !== 'string' || type === '') return [];
  if (RESERVED_TYPES.includes(type)) {
    const message = `"${type}" tasks are submitted by the platform alone; see /tasks/bulk in the API's page`;
    return [{ path: jsonPointer(base, ['type']), message }];
  }
  const claimed = claimErrors(type, body as Record<string, unknown>, base);
  if (type === AGENT_TYPE || claimed.length > 0) return claimed;
  const taskType = findTaskType(type);
  if (taskType === undefined) {
    const message = `${JSON.stringify(type.slice(0, 128))} is no task type of this deployment`;
    return [{ path: jsonPointer(base, ['type']), message }];
  }
  return payloadErrors(payload, jsonPointer(base, ['payload']), taskType);
}

/** Who is to claim a task that agents claim; no other task has a capability. */
function claimErrors(
  type: string,
  { agent_id = null, capability = null }: Readonly<Record<string, unknown>>,
  base: string,
): readonly InputError[] {
  if (type === AGENT_TYPE) {
    if (agent_id !== null || capability !== null) return [];
    return [
      { path: base, message: 'a task of type "agent" needs agent_id or capability: who is to claim it' },
    ];
  }
  if (capability === null) return [];
  const message = `only tasks of type "agent" have a capability; this one is of type ${JSON.stringify(type.slice(0, 128))}`;
  return [{ path: jsonPointer(base, ['capability']), message }];
}

/** Agents choose among the tasks that wait for them: they keep no order. */
function orderErrors(body: unknown, base: string): readonly InputError[] {
  const { type, ordering_key = null } = (body ?? {}) as Readonly<Record<string, unknown>>;
  if (type !== AGENT_TYPE || ordering_key === null) return [];
  const message =
    'tasks of type "agent" are claimed by priority and age, in no order of their own; leave it out';
  return [{ path: jsonPointer(base, ['ordering_key']), message }];
}

function payloadErrors(payload: unknown, path: string, { input }: TaskType): readonly InputError[] {
  if (payload === undefined) return [];
  const checked = checkInput(input, payload, path);
  return checked.ok ? [] : checked.errors;
}
