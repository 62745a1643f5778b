import type { Construct } from 'constructs';
import type { StageConfig } from '../stage-schema.ts';
import { CognitoIdentity } from './cognito-identity.ts';

/** Whose tokens the API accepts. No function knows which kind of issuer it is. */
export interface Identity {
  /** What a token's `iss` must be. */
  readonly issuer: string;
  /** What a token's `aud`, or `client_id` where it has no `aud`, must be one of. */
  readonly audience: readonly string[];
}

/** The issuer that the stage is configured for: a user pool made here, or one that exists elsewhere. */
export function buildIdentity(scope: Construct, config: StageConfig): Identity {
  if (config.identity.kind === 'oidc') return config.identity;
  const { tokenValidityHours } = config.identity;
  return new CognitoIdentity(scope, 'Identity', { ...config, tokenValidityHours });
}
