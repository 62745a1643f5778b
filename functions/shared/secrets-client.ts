import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** Secrets are read every few minutes, so the SDK's own tries and pauses will do. */
export const buildSecretsManagerClient = (): SecretsManagerClient =>
  new SecretsManagerClient({ requestHandler: { connectionTimeout: 1000, requestTimeout: 5000 } });
