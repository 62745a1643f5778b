import { expect, it } from 'vitest';
import { createSteps } from '../../local/steps.ts';

it('tells each step with the seconds since the beginning and those it took', async () => {
  const lines: string[] = [];
  let nowMs = 5_000;
  const steps = createSteps(
    () => nowMs,
    (line) => lines.push(line),
  );
  steps.tell('began');
  nowMs += 1_500;
  const result = await steps.run('worked', async () => {
    nowMs += 10_000;
    return 'done';
  });

  expect(result).toBe('done');
  expect(lines).toEqual(['[  0.0 s] began', '[ 11.5 s] worked (10.0 s)']);
});

it('fails as its work does, and tells nothing of it', async () => {
  const lines: string[] = [];
  const steps = createSteps(
    () => 0,
    (line) => lines.push(line),
  );
  await expect(steps.run('worked', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(lines).toEqual([]);
});
