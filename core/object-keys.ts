import type { TaskRow } from './task-row.ts';
import { createdAtMs } from './time-index.ts';

/** Beginnings of keys: values belong to tasks, uploads to nobody yet. The functions' grants name both. */
export const VALUES = 'values/';
export const UPLOADS = 'uploads/';

/** What of a row tells where its objects are. */
export type ObjectOwner = Pick<TaskRow, 'task_id' | 'body_hash' | 'listed_at'>;

/**
 * Below this are all objects of a row, and of no other. An idempotency key gives the id of an expired task to the
 * next one, and two bodies may race for it: moment and hash keep their objects apart.
 */
export function objectsOf(row: ObjectOwner): string {
  const hash = row.body_hash === undefined ? '' : `.${row.body_hash}`;
  return `${VALUES}${row.task_id}/${createdAtMs(row)}${hash}/`;
}

/** Where a row's payload is, if it is an object. */
export function payloadKeyOf(row: ObjectOwner): string {
  return `${objectsOf(row)}payload`;
}

/** Where the output of one attempt is, if it is an object: no attempt overwrites another's. */
export function outputKeyOf(row: ObjectOwner, attempt: number): string {
  return `${objectsOf(row)}output-${attempt}`;
}

/** Where an uploaded payload waits to be submitted. */
export function uploadKeyOf(uploadId: string): string {
  return `${UPLOADS}${uploadId}`;
}

/** Whether a text is what `objectsOf` makes: nothing else may be removed with all that is below it. */
export function isObjectsOfOneRow(prefix: string): boolean {
  return /^values\/[^/]+\/\d+(\.[\w-]+)?\/$/.test(prefix);
}
