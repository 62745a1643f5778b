import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { echo } from '../../../functions/tasks/echo.ts';
import { findTaskType, taskTypes } from '../../../functions/tasks/index.ts';
import { taskContext } from '../../support/task-context.ts';

const run = promisify(execFile);

describe('the registry', () => {
  test('lists each type once', () => {
    const types = taskTypes.map(({ type }) => type);
    expect(types).toEqual([
      'echo',
      'http_request',
      'data_processing',
      'lambda_invoke',
      'word_count',
      'decide_once',
    ]);
  });

  test.each(taskTypes.map((definition) => [definition.type, definition]))('finds %s', (type, definition) => {
    expect(findTaskType(type)).toBe(definition);
  });

  test.each(['agent', 'Echo', '', 'constructor', '__proto__'])('fails to find %j', (type) => {
    expect(findTaskType(type)).toBeUndefined();
  });

  test('may be imported by who only validates: it starts nothing and loads no client', async () => {
    // GIVEN a process that imports the registry and tells what that left behind (pipes are its own input and output)
    const script = `await import('./functions/tasks/index.ts');
      const active = process.getActiveResourcesInfo().filter((resource) => resource !== 'PipeWrap');
      const modules = Object.keys((await import('node:module')).default._cache);
      const isClient = (path) => /\\/(undici|@aws-sdk\\/client-lambda)\\//.test(path);
      console.log(JSON.stringify({ clients: modules.filter(isClient), active }));`;
    // WHEN
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { env: {} });
    // THEN
    expect(JSON.parse(stdout)).toEqual({ clients: [], active: [] });
  });
});

test.each([[{ a: [1] }], ['text'], [null], [[]]])('echo gives %j back', async (payload) => {
  expect(await echo.run(taskContext(echo, payload))).toEqual(payload);
});
