import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { curlExample, sdkExample } from '../../local/examples.ts';
import { findFreePort } from '../../local/ports.ts';
import { projectNode, projectRoot } from '../../local/project-root.ts';

const directory = mkdtempSync(join(tmpdir(), "tasklane's examples-"));
const outputsFile = join(directory, 'outputs.json');
const program = join(projectRoot, `.example-${process.pid}.ts`);
let apiUrl: string;
let server: Server;

/** What a command prints; without blocking, as it calls the server of this very process. */
const run = (command: string, args: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    child.once('error', reject);
    child.once('close', () => resolve(text));
  });

beforeAll(async () => {
  const port = await findFreePort();
  apiUrl = `http://localhost:${port}/$default`;
  server = createServer((request, response) => {
    const isKnown =
      request.url?.startsWith('/$default/api/v1/tasks') &&
      request.headers.authorization === 'Bearer the-token';
    const task = { task_id: 'task-1', status: 'completed', output: { hello: 'world' } };
    response.writeHead(isKnown ? 200 : 401, { 'content-type': 'application/json' });
    response.end(JSON.stringify(isKnown ? task : {}));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  writeFileSync(outputsFile, JSON.stringify({ api_url: apiUrl, tokens: { task_submitter: 'the-token' } }));
});
afterAll(() => {
  server.close();
  rmSync(directory, { recursive: true });
  rmSync(program, { force: true });
});

describe('given what npm start prints', () => {
  it('submits a task and reads its result by the command, pasted into bash', async () => {
    const output = await run('bash', ['-c', curlExample(apiUrl, outputsFile)]);
    expect(JSON.parse(output)).toEqual({
      task_id: 'task-1',
      status: 'completed',
      output: { hello: 'world' },
    });
  });

  it('does the same by the SDK', async () => {
    writeFileSync(program, sdkExample(outputsFile));
    expect(await run(projectNode, [program])).toBe("{ hello: 'world' }\n");
  });
});
