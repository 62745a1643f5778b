import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { DomainError } from '../../../core/errors.ts';
import { ROLES, type Role, SCOPES } from '../../../core/roles.ts';

/** Who calls, by a token that API Gateway has checked. */
export interface Caller {
  readonly tenant: string;
  readonly roles: ReadonlySet<Role>;
}

export interface ClaimNames {
  /** Names the tenant; `client_id`, else `sub`, where it is absent. */
  readonly tenantClaim: string;
  /** Lists a person's groups. */
  readonly groupsClaim: string;
}

type Claims = Readonly<Record<string, unknown>>;

/** The caller of a request. Throws `unauthorized` without a checked token, `forbidden` for one that is no access token. */
export function callerOf(event: APIGatewayProxyEventV2, names: ClaimNames | undefined): Caller {
  const claims = claimsOf(event);
  if (claims === undefined || names === undefined) {
    throw new DomainError('unauthorized', 'send an access token: Authorization: Bearer <token>');
  }
  const use = claims.token_use;
  if (use !== undefined && use !== 'access') {
    throw new DomainError('forbidden', `the token is for ${JSON.stringify(use)}; send the access token`);
  }
  const tenant = [names.tenantClaim, 'client_id', 'sub']
    .map((name) => textOf(claims[name]))
    .find((name) => name !== '');
  if (tenant === undefined) throw new DomainError('forbidden', 'the token names neither client_id nor sub');
  return { tenant, roles: rolesOf(claims, names.groupsClaim) };
}

/** Throws `forbidden` unless the caller has one of the roles. */
export function demandRole(caller: Caller, allowed: readonly Role[]): void {
  if (allowed.some((role) => caller.roles.has(role))) return;
  const has = caller.roles.size === 0 ? 'none' : [...caller.roles].join(', ');
  throw new DomainError(
    'forbidden',
    `this takes one of the roles ${allowed.join(', ')}; the token has ${has}`,
  );
}

function claimsOf(event: APIGatewayProxyEventV2): Claims | undefined {
  const context = event.requestContext as { authorizer?: { jwt?: { claims?: Claims } } };
  return context.authorizer?.jwt?.claims;
}

function rolesOf(claims: Claims, groupsClaim: string): ReadonlySet<Role> {
  const scopes = wordsOf(claims.scope);
  const groups = wordsOf(claims[groupsClaim]);
  return new Set(ROLES.filter((role) => scopes.has(SCOPES[role]) || groups.has(role)));
}

/** The words of a claim: API Gateway writes a list as `[a b]`, others as `["a","b"]` or `a,b`. */
function wordsOf(claim: unknown): ReadonlySet<string> {
  const text = Array.isArray(claim) ? claim.join(' ') : textOf(claim);
  return new Set(text.split(/[\s,[\]"]+/).filter((word) => word !== ''));
}

function textOf(claim: unknown): string {
  return typeof claim === 'string' ? claim : '';
}
