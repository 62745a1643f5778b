import * as z from 'zod';
import { LANES } from '../lane.ts';
import type { Immutable } from './immutable.ts';

const count = z.int().min(0);

/** A lane, in all executor pools. */
export const laneStatusSchema = z.strictObject({
  lane: z.enum(LANES),
  paused: z.boolean().meta({ description: 'Whether its tasks wait until it is resumed.' }),
  pending: count.meta({ description: 'Messages that wait, roughly, as all these counts.' }),
  in_flight: count.meta({ description: 'Messages in the hands of executors.' }),
  delayed: count.meta({ description: 'Messages whose tasks are not due yet.' }),
  max_concurrency: count.meta({ description: 'Executors that may work on it at a time.' }),
  max_pending: count.nullable().meta({ description: 'Past it submissions are refused; null: never.' }),
});

/** What a redrive has done. */
export const redriveAnswerSchema = z.strictObject({
  lane: z.enum(LANES),
  matched: count.meta({ description: 'Dead letters that were found.' }),
  redriven: count.meta({ description: 'Those of them that are queued again.' }),
  next_cursor: z.string().nullable().meta({ description: 'Where to go on; null at the end.' }),
});

export type LaneStatus = Immutable<z.output<typeof laneStatusSchema>>;
export type RedriveAnswer = Immutable<z.output<typeof redriveAnswerSchema>>;
