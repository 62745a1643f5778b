import * as z from 'zod';
import { BULK_SLICE_MS, type BulkKind, type BulkState, bulkProgress, bulkType } from '../../core/bulk.ts';
import { taskFilterSchema } from '../../core/contract/task-filter-schema.ts';
import { taskFilterOf } from '../../core/task-filter.ts';
import { type BulkDeps, runBulk } from '../../core/usecases/run-bulk.ts';
import { defineTask } from '../tasks/define-task.ts';
import { GO_ON } from '../tasks/task-context.ts';

/**
 * The type of the tasks that cancel or retry all tasks of a filter; the API alone submits them. An attempt works
 * for BULK_SLICE_MS and leaves the rest to the next one.
 */
export function bulkTask(kind: BulkKind, deps: BulkDeps) {
  return defineTask({
    type: bulkType(kind),
    input: z.strictObject({ filter: taskFilterSchema }),
    run: async ({ payload, task, signal, progress, checkpoint }) => {
      const command = {
        kind,
        filter: taskFilterOf(payload.filter),
        submittedAtMs: Date.parse(task.created_at),
      };
      const report = await runBulk(deps, command, {
        saved: checkpoint.saved as BulkState | undefined,
        save: checkpoint.save,
        onProgress: (state) => {
          const { percent, message } = bulkProgress(state);
          progress(percent, message);
        },
        ms: BULK_SLICE_MS,
        signal,
      });
      return report ?? GO_ON;
    },
  });
}
