const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** What to try first: commands for bash, and a program for the SDK. */
export const examplesFor = (apiUrl: string, outputsFile: string): string => {
  const readToken = `require(${JSON.stringify(outputsFile)}).tokens.task_submitter`;
  const readTaskId = 'JSON.parse(require("fs").readFileSync(0)).task_id';
  return `Submit a task and read its result (paste into bash):

  TOKEN=$(node -p ${quoted(readToken)}); \\
  TASK=$(curl -s '${apiUrl}/api/v1/tasks' -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' \\
    -d '{"type":"echo","payload":{"hello":"world"}}' | node -p ${quoted(readTaskId)}); \\
  curl -s "${apiUrl}/api/v1/tasks/$TASK/result?wait_seconds=20" -H "authorization: Bearer $TOKEN"; echo

Documentation: ${apiUrl}/api/v1/docs · a fresh token: npm run -s token -- task_submitter · logs: npm run logs -- --follow
Ctrl-C ends it all.
`;
};
