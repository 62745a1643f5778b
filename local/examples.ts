const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

const indented = (text: string): string => text.replaceAll(/^(?=.)/gm, '  ');

/** A command for bash that submits an echo task and prints its result; it works in any folder. */
export const curlExample = (apiUrl: string, outputsFile: string): string => {
  const readToken = `require(${JSON.stringify(outputsFile)}).tokens.task_submitter`;
  const readTaskId = 'JSON.parse(require("fs").readFileSync(0)).task_id';
  return `TOKEN=$(node -p ${quoted(readToken)}); \\
TASK=$(curl -s '${apiUrl}/api/v1/tasks' -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' \\
  -d '{"type":"echo","payload":{"hello":"world"}}' | node -p ${quoted(readTaskId)}); \\
curl -s '${apiUrl}/api/v1/tasks/'"$TASK"'/result?wait_seconds=20' -H "authorization: Bearer $TOKEN"; echo`;
};

/** The same by the SDK: a program for a file in the project's folder. */
export const sdkExample = (outputsFile: string): string =>
  `import { readFileSync } from 'node:fs';
import { TasklaneClient } from './client/index.ts';

const { api_url: baseUrl, tokens } = JSON.parse(readFileSync(${JSON.stringify(outputsFile)}, 'utf8'));
const tasklane = new TasklaneClient({ baseUrl, token: tokens.task_submitter });
const { task_id } = await tasklane.submit({ type: 'echo', payload: { hello: 'world' } });
await tasklane.wait(task_id);
console.log((await tasklane.result(task_id)).output);`;

/** What to try first. */
export const examplesFor = (apiUrl: string, outputsFile: string): string =>
  `Submit a task and read its result (paste into bash):

${indented(curlExample(apiUrl, outputsFile))}

The same in TypeScript (save as example.ts in this folder; node_modules/.bin/node example.ts):

${indented(sdkExample(outputsFile))}

Documentation  ${apiUrl}/api/v1/docs
Fresh token    npm run -s token -- task_submitter
Logs           npm run logs -- --follow
Ctrl-C ends it all.
`;
