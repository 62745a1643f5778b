import { systemClock } from '../shared/system-clock.ts';

/**
 * The keys that sign webhook deliveries. What reads them is loaded with the first delivery: a cold start pays
 * nothing for it.
 */
export function webhookKeys(secretId: string): () => Promise<readonly string[]> {
  let keys: Promise<{ read(): Promise<readonly string[]> }> | undefined;
  const load = async () => {
    const { SecretKeys } = await import('../shared/adapters/secret-keys.ts');
    const { buildSecretsManagerClient } = await import('../shared/secrets-client.ts');
    return new SecretKeys({ client: buildSecretsManagerClient(), secretId, clock: systemClock });
  };
  return async () => {
    keys ??= load();
    return await (await keys).read();
  };
}
