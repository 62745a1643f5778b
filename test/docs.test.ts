import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

it('the README shows its example of a task type as it is', () => {
  expect(read('README.md')).toContain(read('functions/tasks/word-count.ts').trimEnd());
});

it('the README names every task type', async () => {
  const { taskTypes } = await import('../functions/tasks/index.ts');
  for (const { type } of taskTypes) expect(read('README.md')).toContain(`| \`${type}\` |`);
});

it('docs/agents.md shows its example of a handler as it is', () => {
  const source = read('functions/tasks/decide-once.ts');
  expect(read('docs/agents.md')).toContain(source.slice(source.indexOf('export const')).trimEnd());
});
