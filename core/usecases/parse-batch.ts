import { batchFrameSchema } from '../contract/batch-schema.ts';
import { type Checked, checkInput } from '../contract/input-errors.ts';
import type { Submission } from '../submission.ts';
import type { FindTaskType } from '../task-types.ts';
import { parseSubmission } from './parse-submission.ts';

/** The submissions of a batch, or all that is wrong with any of them. */
export function parseBatch(body: unknown, findTaskType: FindTaskType): Checked<readonly Submission[]> {
  const frame = checkInput(batchFrameSchema, body);
  if (!frame.ok) return frame;
  const members = frame.value.tasks.map((task, index) =>
    parseSubmission(task, `/tasks/${index}`, findTaskType),
  );
  const errors = members.flatMap((member) => (member.ok ? [] : member.errors));
  const submissions = members.flatMap((member) => (member.ok ? [member.value] : []));
  return errors.length > 0 ? { ok: false, errors } : { ok: true, value: submissions };
}
