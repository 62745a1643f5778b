import { expect } from 'vitest';
import { runInEmulator } from '../emulator-python.ts';
import type { Proof } from '../proof.ts';

const countWaits = `
import io, time, zipfile
from types import SimpleNamespace
from ministack.core import lambda_runtime
sleeps = 0
def sleep(seconds):
    global sleeps
    sleeps += 1
    time.sleep(seconds)
lambda_runtime.time = SimpleNamespace(**{**vars(time), "sleep": sleep})
archive = io.BytesIO()
with zipfile.ZipFile(archive, "w") as code:
    code.writestr("index.js", "exports.handler = async (event) => { if (event.say) console.log(event.say); return event; };")
arn = "arn:aws:lambda:us-east-1:000000000000:function:proof"
config = {"FunctionArn": arn, "FunctionName": "proof", "Runtime": "nodejs24.x", "Handler": "index.handler"}
worker = lambda_runtime.Worker("proof", config, archive.getvalue())
events = [{}, {"say": "one"}, {}, {"say": "two"}]
logs = [worker.invoke(event, "request")["log"].splitlines()[-1:] for event in events]
worker.kill()
print(json.dumps({"sleeps": sleeps, "logs": logs[1:]}))
`;

export const quietFunctions: Proof = {
  patch: 'quiet_functions',
  states: 'a function that logs nothing is not waited for, and a line belongs to its own invocation',
  prove: async ({ without }) => {
    const answer = await runInEmulator('quiet_functions', without, countWaits);
    expect(answer).toEqual({ sleeps: 0, logs: [['one'], [], ['two']] });
  },
};
