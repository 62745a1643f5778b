import { expect } from 'vitest';
import { runInEmulator } from '../emulator-python.ts';
import type { Proof } from '../proof.ts';

const endOthers = `
import io, threading, time, zipfile
from ministack.core import lambda_runtime as runtime
from ministack.services import lambda_svc as lambdas
archive = io.BytesIO()
with zipfile.ZipFile(archive, "w") as code:
    code.writestr("index.js", """
const { existsSync } = require("node:fs");
exports.handler = async () => {
  await new Promise((resolve) => setTimeout(resolve, 1000));
  return existsSync(__filename);
};""")
arn = "arn:aws:lambda:us-east-1:000000000000:function:proof"
config = {"FunctionArn": arn, "FunctionName": "proof", "Runtime": "nodejs24.x", "Handler": "index.handler"}
function = {"config": config, "code_zip": archive.getvalue()}
answers = []
first = threading.Thread(target=lambda: answers.append(lambdas._execute_function_warm(function, {}, "first")["body"]))
first.start()
workers = lambda: [worker for pool in runtime._workers.values() for worker in pool]
while not any(worker._proc for worker in workers()):
    time.sleep(0.01)

spawn = runtime.Worker._spawn
def end_as_it_starts(worker):
    raise RuntimeError("ended as it started")
runtime.Worker._spawn = end_as_it_starts
second = lambdas._execute_function_warm(function, {}, "second")
runtime.Worker._spawn = spawn
lambdas.invalidate_worker("proof")
first.join()
print(json.dumps({"first": answers, "second": second["body"]["errorMessage"], "left": len(workers())}))
`;

export const apartWorkers: Proof = {
  patch: 'apart_workers',
  states: 'a process at work outlives another one that ends as it starts, and a change of its function',
  prove: async ({ without }) => {
    const answer = await runInEmulator('apart_workers', without, endOthers);
    expect(answer).toEqual({ first: [true], second: 'ended as it started', left: 0 });
  },
};
