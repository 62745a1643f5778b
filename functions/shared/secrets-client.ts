import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { TIMEOUTS } from './timeouts.ts';

/** Secrets are read every few minutes, so the SDK's own tries and pauses will do. */
export const buildSecretsManagerClient = (): SecretsManagerClient =>
  new SecretsManagerClient({ requestHandler: TIMEOUTS });
