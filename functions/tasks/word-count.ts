import * as z from 'zod';
import { defineTask } from './define-task.ts';

/** Counts the words, characters and lines of a text. */
export const wordCount = defineTask({
  type: 'word_count',
  input: z.strictObject({ text: z.string() }),
  run: ({ payload: { text } }) => ({
    words: text.match(/\S+/g)?.length ?? 0,
    characters: [...text].length,
    lines: text === '' ? 0 : text.split('\n').length,
  }),
});
