import { describe, expect, it } from 'vitest';
import { verifyWebhook } from '../../client/verify-webhook.ts';
import { signWebhook } from '../../core/webhook-signature.ts';

const nowMs = Date.UTC(2026, 10, 21);
const body = '{"event":"task.completed","text":"äöü"}';
const signature = signWebhook(body, nowMs, ['the secret', 'the one before']);

describe('verifying a delivery', () => {
  it.each(['the secret', 'the one before'])('accepts what was signed with %s', async (secret) => {
    expect(await verifyWebhook({ body, signature, secret, nowMs })).toBe(true);
  });

  it.each([
    ['another secret', { secret: 'another' }],
    ['another body', { body: `${body} ` }],
    ['no signature', { signature: undefined }],
    ['an empty signature', { signature: '' }],
    ['a signature of another form', { signature: 't=x,v1=00' }],
    ['a signature without a time', { signature: signature.replace(/^t=\d+,/, '') }],
    ['another time', { signature: signature.replace(/^t=\d+/, `t=${nowMs / 1000 + 1}`) }],
    ['one that is five minutes old', { nowMs: nowMs + 301_000 }],
    ['one that is five minutes ahead', { nowMs: nowMs - 301_000 }],
  ])('fails for %s', async (_, change) => {
    expect(await verifyWebhook({ body, signature, secret: 'the secret', nowMs, ...change })).toBe(false);
  });

  it('takes another tolerance', async () => {
    const old = { body, signature, secret: 'the secret', nowMs: nowMs + 301_000 };
    expect(await verifyWebhook({ ...old, toleranceSeconds: 600 })).toBe(true);
  });
});
