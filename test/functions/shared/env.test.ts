import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { count, parseEnv, queueUrls, text } from '../../../functions/shared/env.ts';

const schema = z.object({ STAGE: text, LEASE_SECONDS: count, QUEUE_URLS: queueUrls });
const right = { STAGE: 'dev', LEASE_SECONDS: '80', QUEUE_URLS: '{"normal":"https://sqs/1/normal"}' };

describe("a function's environment", () => {
  it('has numbers as numbers, and JSON parsed', () => {
    expect(parseEnv(schema, right)).toEqual({
      STAGE: 'dev',
      LEASE_SECONDS: 80,
      QUEUE_URLS: { normal: 'https://sqs/1/normal' },
    });
  });

  it.each([
    ['no JSON', { QUEUE_URLS: '{' }, 'QUEUE_URLS: it is no JSON'],
    ['JSON of another kind', { QUEUE_URLS: '{"normal":1}' }, 'QUEUE_URLS.normal: '],
    ['an empty text', { STAGE: '' }, 'STAGE: '],
    ['a fraction', { LEASE_SECONDS: '1.5' }, 'LEASE_SECONDS: '],
    ['nothing', { STAGE: undefined }, 'STAGE: '],
  ])('fails with %s, naming the variable', (_, wrong, message) => {
    expect(() => parseEnv(schema, { ...right, ...wrong })).toThrow(
      `the function's environment is wrong: ${message}`,
    );
  });
});
