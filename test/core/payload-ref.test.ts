import { describe, expect, it } from 'vitest';
import { signCursor } from '../../core/cursor.ts';
import { openPayloadRef, signPayloadRef } from '../../core/payload-ref.ts';

const upload = { uploadId: 'upload-1', bytes: 300, expiresAtMs: 5000 };
const ref = signPayloadRef('tenant-1', upload, 'key-1');

describe('a payload_ref', () => {
  it('opens for its tenant, by any key that is valid, expired or not', () => {
    expect(openPayloadRef('tenant-1', ref, ['key-2', 'key-1'])).toEqual(upload);
    expect(ref).toMatch(/^[\w-]+\.[\w-]{22}$/);
  });

  it.each([
    ['for another tenant', 'tenant-2', ref, ['key-1']],
    ['by other keys', 'tenant-1', ref, ['key-2', 'key-3']],
    ['with more behind it', 'tenant-1', `${ref}.x`, ['key-1']],
    ['with less', 'tenant-1', ref.slice(0, -1), ['key-1']],
    ['with its content changed', 'tenant-1', `A${ref.slice(1)}`, ['key-1']],
    ['when it is empty', 'tenant-1', '', ['key-1']],
    ['when it is a text', 'tenant-1', 'payload', ['key-1']],
  ])('fails to open %s', (_, tenant, text, keys) => {
    expect(openPayloadRef(tenant, text, keys)).toBeUndefined();
  });

  it('is no cursor, and a cursor is none', () => {
    const scope = { route: 'payload_ref', tenant: 'tenant-1', filter: {} };
    const cursor = signCursor(scope, 'x', 0, 'key-1');
    expect(openPayloadRef('tenant-1', cursor, ['key-1'])).toBeUndefined();
  });
});
