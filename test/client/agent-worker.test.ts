import { expect, it } from 'vitest';
import type { WorkContext } from '../../client/agent-worker.ts';
import { TasklaneClient } from '../../client/index.ts';
import { until } from '../support/until.ts';

/** An API that hands out the same task, with another token each time; heartbeats are answered when `mayAnswer` says so. */
function anApi(
  tokens: string[],
  mayAnswer: (leaseTokens: readonly string[]) => Promise<void> = async () => {},
) {
  const beats: string[][] = [];
  let newest = '';
  const reports: string[] = [];
  const answer = (status: number, body: unknown) => new Response(JSON.stringify(body), { status });
  const fetch = async (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const body = JSON.parse(String(init?.body));
    if (String(url).endsWith('/claims')) {
      const token = tokens.shift();
      newest = token ?? newest;
      if (token !== undefined)
        return answer(200, { claims: [{ task: { task_id: 'task-1' }, lease_token: token }] });
      // Nothing more comes, until the worker gives its claim up.
      return await new Promise((_, reject) =>
        init?.signal?.addEventListener('abort', () => reject(new Error('given up'))),
      );
    }
    if (String(url).endsWith('/heartbeat')) {
      const leases = body.leases as { task_id: string; lease_token: string }[];
      beats.push(leases.map(({ lease_token }) => lease_token));
      await mayAnswer(leases.map(({ lease_token }) => lease_token));
      const told = leases.map(({ task_id, lease_token }) =>
        lease_token === newest ? { task_id, cancel_requested: false } : { task_id, code: 'lease_lost' },
      );
      return answer(200, { leases: told });
    }
    reports.push(body.lease_token);
    return answer(200, {});
  };
  return { fetch, beats, reports };
}

it('a worker that gets a task again, whose lease it had lost, keeps the lease that it has now', async () => {
  const api = anApi(['old', 'new', 'third']);
  const runs: { context: WorkContext; end: () => void }[] = [];
  const end = new AbortController();
  const client = new TasklaneClient({ baseUrl: 'http://localhost', token: 'token', fetch: api.fetch });
  const working = client.agent('agent-7').work(
    (_, context) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      runs.push({ context, end: resolve });
      return promise;
    },
    { concurrency: 2, leaseSeconds: 0.03, signal: end.signal, drainOnSignals: false },
  );
  const [first, second] = await until('two runs', () => runs.length >= 2 && runs, { everyMs: 1 });
  expect([first?.context.signal.aborted, second?.context.signal.aborted]).toEqual([true, false]);
  end.abort();
  first?.end();
  await until('the first report', () => api.reports.includes('old'), { everyMs: 1 });
  const before = api.beats.length;
  await until('another heartbeat', () => api.beats.length > before + 1, { everyMs: 1 });
  for (const run of runs) run.end();
  await working;
  expect(api.beats.at(before + 1)).not.toContain('old');
  expect(api.beats.at(before + 1)).toHaveLength(1);
  expect(api.reports).toContain('new');
});

it('what a heartbeat is told of a lease that the worker no longer has does not stop the task that it has again', async () => {
  const late = Promise.withResolvers<void>();
  const api = anApi(['old', 'new'], async (leases) =>
    leases.includes('old') ? await late.promise : undefined,
  );
  const signals: AbortSignal[] = [];
  const [oldEnds, newEnds] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const end = new AbortController();
  const client = new TasklaneClient({ baseUrl: 'http://localhost', token: 'token', fetch: api.fetch });
  const working = client.agent('agent-7').work(
    async (_, { signal }) => {
      signals.push(signal);
      await (signals.length === 1 ? oldEnds : newEnds).promise;
    },
    { leaseSeconds: 0.03, signal: end.signal, drainOnSignals: false },
  );
  await until('a heartbeat of the first lease', () => api.beats.length > 0, { everyMs: 1 });
  oldEnds.resolve();
  await until('the task to be back', () => signals.length === 2, { everyMs: 1 });
  late.resolve();
  const before = api.beats.length;
  await until('a heartbeat of the next lease', () => api.beats.length > before + 1, { everyMs: 1 });
  expect(signals[1]?.aborted).toBe(false);
  newEnds.resolve();
  end.abort();
  await working;
});
