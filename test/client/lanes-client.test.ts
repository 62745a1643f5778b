import { expect, it } from 'vitest';
import { TasklaneClient, TasklaneError } from '../../client/index.ts';
import { failure } from '../../core/task-failure.ts';
import { apiFetch } from '../support/api-fetch.ts';
import { anApi } from '../support/api-harness.ts';
import { aRow, NOW_MS } from '../support/builders.ts';

function setup() {
  const api = anApi();
  const client = new TasklaneClient({
    baseUrl: 'http://localhost:4566',
    token: 'token',
    fetch: apiFetch((event) => api.handle(event)),
  });
  return { api, lanes: client.lanes };
}

it('pauses and resumes a lane', async () => {
  const { api, lanes } = setup();
  expect(await lanes.pause('low')).toMatchObject({ lane: 'low', paused: true });
  expect(api.laneStates.states.get('low')?.paused).toBe(true);
  expect(await lanes.resume('low')).toMatchObject({ lane: 'low', paused: false });
});

it('redrives all dead letters, however many calls that takes', async () => {
  const { api, lanes } = setup();
  for (let n = 0; n < 150; n += 1) {
    const row = aRow({ priority: 9 }, { nowMs: NOW_MS + n });
    const error = failure('dead_lettered', 'received too often', false);
    api.tasks.rows.set(row.task_id, { ...row, status: 'failed', failed_in: 'low', error });
  }
  const readAll = api.tasks.readAll.bind(api.tasks);
  api.tasks.readAll = async (ids) => {
    await api.clock.wait(15_000);
    return await readAll(ids);
  };
  expect(await lanes.redrive('low')).toEqual({ matched: 150, redriven: 150 });
});

it('fails for a lane that there is not', async () => {
  await expect(setup().lanes.pause('fast' as 'low')).rejects.toThrow(TasklaneError);
});
