import { TasklaneClient } from '../../client/index.ts';

/**
 * Works on an agent's tasks until SIGTERM:
 * `node agent-worker-process.ts <base url> <token> <agent id> <tasks at a time>`.
 */
const [, , baseUrl = '', token = '', agentId = '', concurrency = '1'] = process.argv;

await new TasklaneClient({ baseUrl, token })
  .agent(agentId)
  .work(({ payload }) => payload, { concurrency: Number(concurrency), leaseSeconds: 10 });
