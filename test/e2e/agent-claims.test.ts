import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { projectNode, projectRoot } from '../../local/project-root.ts';
import { clientAs } from '../support/api.ts';
import { deployment } from '../support/emulator-clients.ts';
import { until } from '../support/until.ts';

const submitter = () => clientAs('task_submitter');
const executor = () => clientAs('task_executor');

/** A worker in a process of its own: `node claimer.ts <base url> <token> <agent> <concurrency>`. */
function startWorker(agentId: string, concurrency: number) {
  const { url, tokens } = deployment();
  const script = 'test/support/agent-worker-process.ts';
  const child = spawn(projectNode, [script, url, tokens.task_executor, agentId, String(concurrency)], {
    cwd: projectRoot,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { kill: (signal: NodeJS.Signals) => child.kill(signal), ended };
}

async function submitMany(agentId: string, count: number): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let from = 0; from < count; from += 250) {
    const tasks = Array.from({ length: Math.min(250, count - from) }, (_, n) => ({
      type: 'agent',
      agent_id: agentId,
      payload: { n: from + n },
      priority: 1 + ((from + n) % 10),
    }));
    const { items } = await submitter().submitBatch(tasks);
    ids.push(...items.map(({ task_id }) => task_id));
  }
  return ids;
}

describe('a thousand tasks of one agent', () => {
  it('are each completed once by twenty claimers, of which some are killed', async () => {
    const agentId = `agent-${crypto.randomUUID()}`;
    await executor().agents.register(agentId);
    const ids = new Set(await submitMany(agentId, 1000));
    const startedAtMs = Date.now();
    // Four processes of five claimers each; one dies with what it has, and another takes its place.
    const workers = [1, 2, 3, 4].map(() => startWorker(agentId, 5));
    const completed = async () => (await executor().agents.get(agentId)).totals.completed;
    await until('some to be completed', async () => (await completed()) >= 200, { withinMs: 120_000 });
    workers[0]?.kill('SIGKILL');
    workers.push(startWorker(agentId, 5));
    await until('all to be completed', async () => (await completed()) === ids.size, { withinMs: 240_000 });
    console.log(
      `1,000 tasks, 20 claimers in 4 processes, one killed: ${(Date.now() - startedAtMs) / 1000} s`,
    );
    for (const worker of workers) worker.kill('SIGTERM');
    await Promise.all(workers.map(({ ended }) => ended));

    const seen = new Map<string, number>();
    for await (const task of submitter().listAgentTasks(agentId, {}, { pageSize: 200 })) {
      expect(task.status).toBe('completed');
      seen.set(task.task_id, task.attempt);
    }
    expect(seen.size).toBe(ids.size);
    const again = [...seen.values()].filter((attempt) => attempt > 1).length;
    console.log(`claimed a second time, after the kill: ${again}`);
  });
});

describe('a worker', () => {
  it('stops its handler when the task is cancelled, and drains on SIGTERM', async () => {
    const agentId = `agent-${crypto.randomUUID()}`;
    await executor().agents.register(agentId, { capabilities: [`skill-${agentId}`] });
    const aborted: string[] = [];
    const drain = new AbortController();
    const working = executor()
      .agent(agentId)
      .work(
        (task, { signal, progress }) =>
          new Promise((resolve, reject) => {
            if (task.payload === 'quick') return resolve({ read: task.payload });
            progress(50, 'begun');
            signal.addEventListener('abort', () => {
              aborted.push(task.task_id);
              reject(new Error('stopped'));
            });
          }),
        { leaseSeconds: 10, signal: drain.signal, drainOnSignals: false },
      );
    const capability = `skill-${agentId}`;
    const slow = await submitter().submit({ type: 'agent', capability, payload: 'slow' });
    await until(
      'it to be claimed',
      async () => (await submitter().get(slow.task_id)).status === 'processing',
    );
    await submitter().cancel(slow.task_id);
    expect(await submitter().wait(slow.task_id)).toMatchObject({
      status: 'cancelled',
      progress: { percent: 50 },
    });
    expect(aborted).toEqual([slow.task_id]);

    const quick = await submitter().submit({ type: 'agent', agent_id: agentId, payload: 'quick' });
    expect(await submitter().wait(quick.task_id)).toMatchObject({ status: 'completed', attempt: 1 });
    expect((await submitter().result(quick.task_id)).output).toEqual({ read: 'quick' });
    drain.abort();
    await working;
  });
});
