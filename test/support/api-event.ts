import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { type Role, SCOPES } from '../../core/roles.ts';
import { NOW_MS } from './builders.ts';

export interface ApiEventOptions {
  readonly method?: string;
  /** Path and query, below `/api/v1`. */
  readonly path: string;
  /** A string is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The role of the token; null for none. @default admin */
  readonly role?: Role | null;
  /** Claims of the token, instead of those of a role. */
  readonly claims?: Readonly<Record<string, string>>;
  readonly tenant?: string;
  readonly timeEpoch?: number;
}

let serial = 0;

/** A request as API Gateway hands it to a function (HTTP API, payload 2.0). */
export function anApiEvent(options: ApiEventOptions): APIGatewayProxyEventV2 {
  const {
    method = 'GET',
    path,
    body,
    headers,
    role = 'admin',
    tenant = 'client-1',
    timeEpoch = NOW_MS,
  } = options;
  const [rawPath = '', rawQueryString = ''] = `/api/v1${path}`.split('?');
  const claims = options.claims ?? (role === null ? undefined : claimsOf(role, tenant));
  serial += 1;
  const event = {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString,
    headers: {
      host: 'localhost',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    requestContext: {
      accountId: '000000000000',
      apiId: 'api',
      domainName: 'localhost',
      domainPrefix: 'localhost',
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
      requestId: `request-${serial}`,
      routeKey: '$default',
      stage: '$default',
      time: '21/Nov/2026:10:00:00 +0000',
      timeEpoch,
      ...(claims === undefined ? {} : { authorizer: { jwt: { claims, scopes: null } } }),
    },
    isBase64Encoded: false,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  };
  return event as unknown as APIGatewayProxyEventV2;
}

function claimsOf(role: Role, tenant: string): Record<string, string> {
  return { sub: tenant, client_id: tenant, token_use: 'access', scope: SCOPES[role] };
}
