import { describe, expect, it } from 'vitest';
import { anApi } from '../../support/api-harness.ts';
import { newTaskId } from '../../support/builders.ts';

describe('a body where there is nothing to say', () => {
  const PATHS = [
    ...['cancel', 'retry', 'restart'].map((verb) => `/tasks/${newTaskId()}/${verb}`),
    ...['pause', 'resume', 'redrive'].map((verb) => `/queues/low/${verb}`),
  ];

  it.each(PATHS)('fails if it says anything: POST %s', async (path) => {
    const api = anApi();
    const unknown = await api.post(path, { reason: 'late', force: true });
    expect([unknown.status, unknown.body.errors]).toEqual([
      422,
      ['/reason', '/force'].map((at) => ({ path: at, message: expect.stringMatching(/unknown/) })),
    ]);
    expect((await api.post(path, [])).status).toBe(422);
    expect((await api.post(path, 'late')).body.code).toBe('invalid_json');
    expect((await api.post(path, ' '.repeat(1024 * 1024 + 1))).status).toBe(413);
    expect(api.laneStates.states.size).toBe(0);
  });

  it.each(['', '{}', 'null'])('may be %s, whatever it is called', async (text) => {
    const headers = { 'content-type': 'text/plain' };
    const { status } = await anApi().post('/queues/low/pause', text, { headers });
    expect(status).toBe(200);
  });
});
