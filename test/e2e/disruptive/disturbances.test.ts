import { afterEach, describe, expect, it } from 'vitest';
import { decodeHistory } from '../../../core/history.ts';
import { clientAs } from '../../support/api.ts';
import {
  clearFaults,
  duplicateMessages,
  type Fault,
  faultHits,
  injectFaults,
} from '../../support/controls.ts';
import { resultsOf, rowsTagged } from '../../support/table-scan.ts';
import { until } from '../../support/until.ts';

const LANE_QUEUES = ['CriticalQueueUrl', 'HighQueueUrl', 'NormalQueueUrl', 'LowQueueUrl'];

const client = clientAs('task_submitter');

afterEach(async () => void (await clearFaults()));

/** Submits a batch and waits until all of it has ended; every task must be completed once, at the first attempt. */
async function runBatch(size: number): Promise<void> {
  const tag = `disturbed-${crypto.randomUUID()}`;
  const members = Array.from({ length: size }, (_, n) => ({
    type: 'echo',
    payload: n,
    priority: (n % 10) + 1,
    tags: [tag],
  }));
  await client.submitBatch(members, { idempotencyKey: tag });
  const rows = await until('the batch to end', async () => {
    const all = await rowsTagged(tag);
    return all.size === size && [...all.values()].every(({ status }) => status === 'completed') && all;
  });
  const results = await resultsOf(new Set(rows.keys()));
  for (const row of rows.values()) {
    expect(decodeHistory(row.history).filter(({ to }) => to === 'completed')).toHaveLength(1);
    expect(row.failures).toBe(0);
    expect(results.get(row.task_id)).toHaveLength(row.attempt);
  }
}

describe('a batch survives', () => {
  it.each<[string, Omit<Fault, 'id'>]>([
    [
      'throttled inserts',
      { operation: 'BatchExecuteStatement', contains: 'q submitted', mode: 'throttle_statement', times: 3 },
    ],
    [
      'throttled claims',
      { operation: 'BatchExecuteStatement', contains: 'p claimed', mode: 'throttle_statement', times: 5 },
    ],
    [
      'throttled finishes',
      { operation: 'BatchExecuteStatement', contains: 'c succeeded', mode: 'throttle_statement', times: 5 },
    ],
    [
      'calls that are throttled as a whole',
      { operation: 'BatchExecuteStatement', contains: 'p claimed', mode: 'throttle_call', times: 3 },
    ],
    ['results that are left unprocessed', { operation: 'BatchWriteItem', mode: 'unprocessed', times: 5 }],
    [
      'messages that the queue does not take',
      { operation: 'SendMessageBatch', mode: 'fail_entry', times: 3 },
    ],
    [
      'lost answers to inserts',
      { operation: 'BatchExecuteStatement', contains: 'q submitted', mode: 'lose_answer', times: 2 },
    ],
    [
      'lost answers to claims',
      { operation: 'BatchExecuteStatement', contains: 'p claimed', mode: 'lose_answer', times: 3 },
    ],
    ['lost answers to results', { operation: 'BatchWriteItem', mode: 'lose_answer', times: 3 }],
    [
      'lost answers to finishes',
      { operation: 'BatchExecuteStatement', contains: 'c succeeded', mode: 'lose_answer', times: 3 },
    ],
    ['lost answers of the queue', { operation: 'SendMessageBatch', mode: 'lose_answer', times: 3 }],
  ])('%s', async (name, fault) => {
    await injectFaults([{ id: name, ...fault }]);
    await runBatch(40);
    expect((await faultHits()).get(name)).toBe(fault.times);
  });

  it('each lane message sent twice', async () => {
    for (const queue of LANE_QUEUES) await duplicateMessages(queue, true);
    try {
      await runBatch(200);
    } finally {
      for (const queue of LANE_QUEUES) await duplicateMessages(queue, false);
    }
  });
});

it('a task whose message its lane does not take goes by the redo queue', async () => {
  const tag = `redo-${crypto.randomUUID()}`;
  // Five tries of the dispatcher; the redo queue's own message names no generation.
  const lost = {
    operation: 'SendMessageBatch',
    contains: 'generation',
    mode: 'fail_entry',
    times: 5,
  } as const;
  await injectFaults([{ id: tag, ...lost }]);
  const { task_id } = await client.submit({ type: 'echo', payload: 1 });
  expect(await client.wait(task_id)).toMatchObject({ status: 'completed', attempt: 1 });
  expect((await faultHits()).get(tag)).toBe(5);
});
