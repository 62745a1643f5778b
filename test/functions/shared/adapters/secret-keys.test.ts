import type { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { SecretKeys } from '../../../../functions/shared/adapters/secret-keys.ts';
import { FixedClock } from '../../../support/fixed-clock.ts';

/** Cursor keys of a secret whose versions are changed by hand. */
function aSecret(versions: Record<string, string>) {
  const asked: string[] = [];
  const client = {
    send: async ({ input }: GetSecretValueCommand) => {
      const stage = input.VersionStage ?? '';
      asked.push(stage);
      if (versions[stage] !== undefined) return { SecretString: versions[stage] };
      throw Object.assign(new Error('no such version'), { name: 'ResourceNotFoundException' });
    },
  } as unknown as SecretsManagerClient;
  const clock = new FixedClock();
  return { versions, asked, clock, keys: new SecretKeys({ client, secretId: 'cursors', clock }) };
}

describe('the keys of cursors', () => {
  it('are the current version, which signs, and the previous one', async () => {
    const { keys } = aSecret({ AWSCURRENT: 'new', AWSPREVIOUS: 'old' });
    expect(await keys.read()).toEqual(['new', 'old']);
  });

  it('are one where the secret was never rotated', async () => {
    expect(await aSecret({ AWSCURRENT: 'only' }).keys.read()).toEqual(['only']);
  });

  it('are read again after five minutes', async () => {
    const { keys, versions, clock, asked } = aSecret({ AWSCURRENT: 'a' });
    await keys.read();
    versions.AWSCURRENT = 'b';
    clock.advance(5 * 60_000 - 1);
    expect(await keys.read()).toEqual(['a']);
    expect(asked).toHaveLength(2);
    clock.advance(1);
    expect(await keys.read()).toEqual(['b']);
  });

  it('are read afresh when asked, but not more often than every ten seconds', async () => {
    const { keys, versions, clock } = aSecret({ AWSCURRENT: 'a' });
    await keys.read();
    versions.AWSCURRENT = 'b';
    expect(await keys.read({ fresh: true })).toEqual(['a']);
    clock.advance(10_000);
    expect(await keys.read({ fresh: true })).toEqual(['b']);
  });

  it('fails where the secret has no value', async () => {
    await expect(aSecret({}).keys.read()).rejects.toThrow('no current version');
  });
});
