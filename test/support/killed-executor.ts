import { type ExecuteBatchDeps, executeBatch } from '../../core/usecases/execute-batch.ts';
import { buildDeps } from '../../functions/executor/deps.ts';

/**
 * Executes lane messages once, as the executor does, in a process that kills itself (`kill -9`) at one point:
 * `node killed-executor.ts <point> <messages as JSON>`. Prints the batch's report when it was not killed.
 */
const [, , point = 'never', messages = '[]'] = process.argv;

const die = (at: string) => {
  if (at === point) process.kill(process.pid, 'SIGKILL');
};

const real = buildDeps(process.env);
const deps: ExecuteBatchDeps = {
  ...real,
  messages: { putBack: async () => undefined },
  onTrouble: (_, error) => {
    throw error;
  },
  tasks: {
    insert: (rows) => real.tasks.insert(rows),
    read: (taskId) => real.tasks.read(taskId),
    readAll: (taskIds) => real.tasks.readAll(taskIds),
    write: async (writes) => {
      const outcomes = await real.tasks.write(writes);
      die(writes[0]?.set.status === 'processing' ? 'after the claim' : 'after the finish');
      return outcomes;
    },
  },
  results: {
    attempts: (pointers) => real.results.attempts(pointers),
    putFirst: (result) => real.results.putFirst(result),
    ofTask: (taskId) => real.results.ofTask(taskId),
    ofAttempt: (taskId, attempt) => real.results.ofAttempt(taskId, attempt),
    putPayloads: (payloads) => real.results.putPayloads(payloads),
    payloadsOf: (taskIds) => real.results.payloadsOf(taskIds),
    expirePayload: (taskId, at) => real.results.expirePayload(taskId, at),
    put: async (results) => {
      die('after the run');
      const outcomes = await real.results.put(results);
      die('after the result');
      return outcomes;
    },
  },
};

const report = await executeBatch(deps, JSON.parse(messages));
console.log(
  JSON.stringify({ failedMessageIds: report.failedMessageIds, refusedClaims: report.refusedClaims }),
);
