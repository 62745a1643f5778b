import { checkpointWrite, MAX_CHECKPOINT_BYTES } from '../../core/checkpoint.ts';
import type { TaskStore } from '../../core/ports.ts';
import { TaskError } from '../../core/task-error.ts';
import type { TaskRow } from '../../core/task-row.ts';
import type { Checkpoint } from '../tasks/task-context.ts';

/** What the attempts before have saved, and where this one saves: in the row, as long as the row is its own. */
export function checkpointOf(tasks: Pick<TaskStore, 'write'>, row: TaskRow): Checkpoint {
  return {
    saved: row.checkpoint === undefined ? undefined : JSON.parse(row.checkpoint),
    save: async (value) => {
      const text = JSON.stringify(value);
      const bytes = Buffer.byteLength(text);
      if (bytes > MAX_CHECKPOINT_BYTES) {
        const rule = `the checkpoint has ${bytes} bytes of JSON, at most ${MAX_CHECKPOINT_BYTES} are kept`;
        throw new TaskError('checkpoint_too_large', `${rule}; save less`, { retryable: false });
      }
      const [outcome] = await tasks.write([checkpointWrite(row, text)]);
      if (outcome?.kind === 'applied') return;
      throw outcome?.kind === 'refused'
        ? new TaskError('lease_lost', 'the task is no longer in the hands of this attempt')
        : new TaskError('checkpoint_not_stored', 'it is not certain that the checkpoint is stored');
    },
  };
}
