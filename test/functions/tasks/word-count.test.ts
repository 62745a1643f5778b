import { expect, test } from 'vitest';
import { wordCount } from '../../../functions/tasks/word-count.ts';
import { payloadProblems, taskContext } from '../../support/task-context.ts';

test.each([
  ['', { words: 0, characters: 0, lines: 0 }],
  ['one', { words: 1, characters: 3, lines: 1 }],
  ['to be, or\nnot  to be 🙂\n', { words: 7, characters: 23, lines: 3 }],
])('word_count counts %j', async (text, counts) => {
  expect(await wordCount.run(taskContext(wordCount, { text }))).toEqual(counts);
});

test('word_count fails on a payload without text', () => {
  expect(payloadProblems(wordCount, {})).toEqual([
    ['/text', 'Invalid input: expected string, received undefined'],
  ]);
});
