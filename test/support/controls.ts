import { deployment, output } from './emulator-clients.ts';

/** A disturbance that the emulator's test controls cause. */
export interface Fault {
  readonly id: string;
  readonly operation: string;
  /** Only requests whose body contains this. @default every request */
  readonly contains?: string;
  readonly mode: 'throttle_statement' | 'unprocessed' | 'throttle_call' | 'lose_answer' | 'fail_entry';
  readonly times: number;
}

const control = async (path: string, method: string, body?: unknown): Promise<unknown> => {
  const answer = await fetch(`${deployment().url}/_tasklane${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
};

/** Makes the given calls of the functions go wrong. */
export const injectFaults = (faults: readonly Fault[]) => control('/faults', 'POST', faults);

/** How often each fault has struck. */
export const faultHits = async (): Promise<ReadonlyMap<string, number>> => {
  const faults = (await control('/faults', 'GET')) as readonly { id: string; hits: number }[];
  return new Map(faults.map(({ id, hits }) => [id, hits]));
};

export const clearFaults = () => control('/faults', 'DELETE');

/** The live processes that run functions. */
export const workers = async () =>
  (await control('/workers', 'GET')) as readonly { function: string; pid: number; busy: boolean }[];

/** Whether each message sent to a queue, named by its stack output, is stored twice. */
export const duplicateMessages = (queueOutput: string, on: boolean) =>
  control('/mapping/dup', 'POST', { queue: output(queueOutput).split('/').at(-1), on });
