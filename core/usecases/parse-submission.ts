import { type Checked, checkInput } from '../contract/input-errors.ts';
import { jsonPointer } from '../contract/json-pointer.ts';
import { notAvailable } from '../contract/not-available-yet.ts';
import { submissionSchema } from '../contract/submission-schema.ts';
import type { InputError } from '../errors.ts';
import { DEFAULT_REQUIREMENTS, type Requirements } from '../requirements.ts';
import type { Submission } from '../submission.ts';
import type { FindTaskType, TaskType } from '../task-types.ts';

/**
 * A submission out of a body, or all that is wrong with it; `base` is where it stands in the body. The type
 * and its payload are looked at even where other fields are wrong.
 */
export function parseSubmission(
  body: unknown,
  base: string,
  findTaskType: FindTaskType,
): Checked<Submission> {
  const checked = checkInput(submissionSchema, body, base);
  const errors = [...(checked.ok ? [] : checked.errors), ...typeErrors(body, base, findTaskType)];
  if (!checked.ok || errors.length > 0) return { ok: false, errors };

  const { type, payload, name, description, agent_id, priority, timeout_seconds, retry, metadata, tags } =
    checked.value;
  const { scheduled_at, deadline } = checked.value;
  const submission: Submission = {
    type,
    payload,
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(agent_id === undefined || agent_id === null ? {} : { agent_id }),
    ...(priority === undefined ? {} : { priority }),
    ...(timeout_seconds === undefined ? {} : { timeout_seconds }),
    ...(retry === undefined ? {} : { retry }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(tags === undefined ? {} : { tags }),
    ...(scheduled_at === undefined || scheduled_at === null
      ? {}
      : { scheduled_at: Date.parse(scheduled_at) }),
    ...(deadline === undefined || deadline === null ? {} : { deadline: Date.parse(deadline) }),
  };
  return { ok: true, value: submission };
}

function typeErrors(body: unknown, base: string, findTaskType: FindTaskType): readonly InputError[] {
  if (typeof body !== 'object' || body === null) return [];
  const { type, payload, requirements } = body as Record<string, unknown>;
  if (typeof type !== 'string' || type === '') return [];
  const taskType = findTaskType(type);
  if (taskType === undefined) {
    const message = `${JSON.stringify(type.slice(0, 128))} is no task type of this deployment`;
    return [{ path: jsonPointer(base, ['type']), message }];
  }
  return [
    ...payloadErrors(payload, jsonPointer(base, ['payload']), taskType),
    ...requirementErrors(requirements, jsonPointer(base, ['requirements']), taskType),
  ];
}

function payloadErrors(payload: unknown, path: string, { input }: TaskType): readonly InputError[] {
  if (payload === undefined) return [];
  const checked = checkInput(input, payload, path);
  return checked.ok ? [] : checked.errors;
}

/** Until tasks choose their executor, a part of the requirements may only name what is the default anyway. */
function requirementErrors(requirements: unknown, path: string, taskType: TaskType): readonly InputError[] {
  if (typeof requirements !== 'object' || requirements === null) return [];
  const defaults: Requirements = { ...DEFAULT_REQUIREMENTS, ...taskType.requirements };
  return Object.entries(defaults).flatMap(([name, usual]) => {
    const asked = (requirements as Record<string, unknown>)[name];
    if (typeof asked !== 'number' || asked === usual) return [];
    return [{ path: jsonPointer(path, [name]), message: notAvailable(String(usual)) }];
  });
}
