import { expect } from 'vitest';
import { runInEmulator } from '../emulator-python.ts';
import type { Proof } from '../proof.ts';

const waitOnAClockOfOurOwn = `
import queue
from types import SimpleNamespace
from ministack.core import lambda_runtime
slept = 0.0
def sleep(seconds):
    global slept
    slept += seconds
lambda_runtime.time = SimpleNamespace(time=lambda: slept, sleep=sleep)
lambda_runtime.Worker._drain_stderr_bounded(SimpleNamespace(_stderr_queue=queue.Queue()))
print(json.dumps({"waits_under_5_ms": slept < 0.005}))
`;

export const quietFunctions: Proof = {
  patch: 'quiet_functions',
  states: 'a function that logs nothing is not waited for',
  prove: async ({ without }) => {
    const answer = await runInEmulator('quiet_functions', without, waitOnAClockOfOurOwn);
    expect(answer).toEqual({ waits_under_5_ms: true });
  },
};
