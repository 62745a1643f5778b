import { expect, it } from 'vitest';
import type { SubmissionInput } from '../../../core/contract/submission-schema.ts';
import { decodeHistory } from '../../../core/history.ts';
import { clientAs } from '../../support/api.ts';
import { workers } from '../../support/controls.ts';
import { loopbackServer } from '../../support/loopback-server.ts';
import { resultsOf, rowsTagged } from '../../support/table-scan.ts';
import { until } from '../../support/until.ts';

const TASKS = 2000;
const KILLS = 20;
/** So long that most batches are at work for it: kills shall meet what is claimed. */
const ANSWER_AFTER_MS = 300;
/** So far apart that what takes a victim's place has work in hand when it is killed. */
const KILL_EVERY_MS = 700;

/** Kills a random process that runs the executor or the dispatcher, as the kernel would. */
async function killOne(): Promise<boolean> {
  const living = (await workers()).filter(({ function: name }) => /executor|dispatcher/i.test(name));
  const victim = living[Math.floor(Math.random() * living.length)];
  if (victim === undefined) return false;
  process.kill(victim.pid, 'SIGKILL');
  return true;
}

it('completes 2,000 tasks within two minutes of the last of many kills, each once', {
  timeout: 240_000,
}, async () => {
  const client = clientAs('task_submitter');
  const slow = await loopbackServer((_, response) => setTimeout(() => response.end('done'), ANSWER_AFTER_MS));
  const submissionOf = (n: number): Pick<SubmissionInput, 'type' | 'payload'> => {
    if (n % 4 === 0) return { type: 'data_processing', payload: { data: [n], expression: '$sum($)' } };
    if (n % 10 === 1) return { type: 'http_request', payload: { url: slow.origin } };
    return { type: 'echo', payload: n };
  };
  const tag = `kills-${crypto.randomUUID()}`;
  const submitting = (async () => {
    for (let batch = 0; batch < TASKS / 100; batch += 1) {
      await client.submitBatch(
        Array.from({ length: 100 }, (_, n) => ({
          ...submissionOf(n),
          priority: (n % 10) + 1,
          tags: [tag],
          retry: { max_attempts: 1 },
        })),
      );
    }
  })();

  let kills = 0;
  await until(
    'the kills',
    async () => {
      if (await killOne()) kills += 1;
      return kills >= KILLS;
    },
    { everyMs: KILL_EVERY_MS },
  );
  const lastKillAtMs = performance.now();
  await submitting;

  let rows = await rowsTagged(tag);
  const open = () => [...rows.values()].filter(({ status }) => status !== 'completed');
  await until(
    'all tasks to complete',
    async () => {
      rows = await rowsTagged(tag);
      return rows.size === TASKS && open().length === 0;
    },
    { withinMs: 120_000, everyMs: 3000, tell: () => `, ${rows.size} stored: ${JSON.stringify(open())}` },
  );
  console.log(
    `all ended ${((performance.now() - lastKillAtMs) / 1000).toFixed(1)} s after the last of ${kills} kills`,
  );

  const results = await resultsOf(new Set(rows.keys()));
  const repeated = [...rows.values()].filter(({ attempt }) => attempt > 1).length;
  for (const row of rows.values()) {
    const ends = decodeHistory(row.history).filter(({ to }) => to === 'completed');
    expect(ends).toHaveLength(1);
    expect(row.failures).toBe(0);
    expect(
      results.get(row.task_id)?.some(({ attempt, succeeded }) => succeeded && attempt === row.result_attempt),
    ).toBe(true);
  }
  console.log(`${repeated} tasks needed more than one attempt`);
});
