import type { Logger } from '@aws-lambda-powertools/logger';
import type { TaskRow } from '../../core/task-row.ts';
import type { TaskLog } from '../tasks/task-context.ts';

/** A handler's logger: every line carries task_id, attempt and type. */
export function taskLogOf(
  logger: Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>,
): (row: TaskRow) => TaskLog {
  return ({ task_id, attempt, type }) => {
    const standing = { task_id, attempt, type };
    return {
      debug: (message, fields) => logger.debug(message, { ...fields, ...standing }),
      info: (message, fields) => logger.info(message, { ...fields, ...standing }),
      warn: (message, fields) => logger.warn(message, { ...fields, ...standing }),
      error: (message, fields) => logger.error(message, { ...fields, ...standing }),
    };
  };
}
