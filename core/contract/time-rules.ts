import type { InputError } from '../errors.ts';
import { isoTime } from '../iso-time.ts';
import { jsonPointer } from './json-pointer.ts';

/** Times that a caller names, in milliseconds since 1970. */
export interface NamedTimes {
  readonly scheduled_at?: number | null | undefined;
  readonly deadline?: number | null | undefined;
}

/**
 * What is wrong with a task's times, at a moment: `scheduled_at` lies at most a year ahead (one in the past runs
 * at once), `deadline` in the future and after `scheduled_at`. `base` is where the task stands in the body.
 */
export function timeErrors(times: NamedTimes, nowMs: number, base: string): readonly InputError[] {
  const { scheduled_at: scheduledAt = null, deadline = null } = times;
  const errors: InputError[] = [];
  const wrong = (name: string, message: string) =>
    void errors.push({ path: jsonPointer(base, [name]), message });
  if (scheduledAt !== null && scheduledAt > yearAfter(nowMs)) {
    wrong('scheduled_at', `${isoTime(scheduledAt)} is more than a year ahead; schedule it within a year`);
  }
  if (deadline !== null && deadline <= nowMs) {
    wrong(
      'deadline',
      `${isoTime(deadline)} has passed (it is ${isoTime(nowMs)}); a deadline is in the future`,
    );
  } else if (deadline !== null && scheduledAt !== null && deadline <= scheduledAt) {
    wrong('deadline', `${isoTime(deadline)} is not after scheduled_at, ${isoTime(scheduledAt)}`);
  }
  return errors;
}

/** The same day and time a year later. */
function yearAfter(atMs: number): number {
  const date = new Date(atMs);
  return date.setUTCFullYear(date.getUTCFullYear() + 1);
}
