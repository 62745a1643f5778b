import {
  CognitoIdentityProviderClient,
  DescribeUserPoolClientCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { awsClientSettings } from './aws-environment.ts';
import type { StackOutputs } from './deploy.ts';
import { requireOutput } from './require-output.ts';

/** The machine client of each role, by the name of its stack output. */
const clientOutputs = {
  task_submitter: 'TaskSubmitterClientId',
  task_executor: 'TaskExecutorClientId',
  admin: 'AdminClientId',
} as const;

/** A role of the API. */
export type Role = keyof typeof clientOutputs;

/** The roles, in the order of rising power. */
export const roles = Object.keys(clientOutputs) as readonly Role[];

/** An access token for each role. */
export type Tokens = Readonly<Record<Role, string>>;

const readSecret = async (endpoint: string, userPoolId: string, clientId: string): Promise<string> => {
  const cognito = new CognitoIdentityProviderClient(awsClientSettings(endpoint));
  const answer = await cognito.send(
    new DescribeUserPoolClientCommand({ UserPoolId: userPoolId, ClientId: clientId }),
  );
  const secret = answer.UserPoolClient?.ClientSecret;
  if (secret === undefined) throw new Error(`Client ${clientId} of the pool ${userPoolId} has no secret.`);
  return secret;
};

/**
 * Fetches an access token for a role from the deployed user pool by its machine client's credentials.
 * It lives as long as the stage says (local: a day). Throws when the pool refuses.
 */
export const fetchToken = async (endpoint: string, outputs: StackOutputs, role: Role): Promise<string> => {
  const clientId = requireOutput(outputs, clientOutputs[role]);
  const secret = await readSecret(endpoint, requireOutput(outputs, 'UserPoolId'), clientId);
  const answer = await fetch(`${endpoint}/oauth2/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  const body = await answer.text();
  if (!answer.ok) throw new Error(`The user pool gives ${role} no token: ${answer.status} ${body}`);
  return (JSON.parse(body) as { access_token: string }).access_token;
};

/** Fetches a token for each role. */
export const fetchTokens = async (endpoint: string, outputs: StackOutputs): Promise<Tokens> => {
  const entries = roles.map(async (role) => [role, await fetchToken(endpoint, outputs, role)] as const);
  return Object.fromEntries(await Promise.all(entries)) as Record<Role, string>;
};
