import { BASE_PATH, type Operation, ROUTES, type Route } from '../../../core/contract/routes.ts';
import { DomainError } from '../../../core/errors.ts';

export interface RouteMatch {
  readonly operation: Operation;
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** Thrown for a known path with another method. */
export class MethodNotAllowed extends DomainError {
  readonly allow: string;

  constructor(method: string, allowed: readonly string[]) {
    super('method_not_allowed', `${method} is none of ${allowed.join(', ')}`);
    this.allow = allowed.join(', ');
  }
}

interface Candidate extends RouteMatch {
  readonly pattern: string;
}

/** Fixed paths first: they win over ids. */
const PATTERNS = Object.entries(ROUTES)
  .map(([operation, route]) => ({
    operation: operation as Operation,
    route: route as Route,
    segments: route.path.slice(1).split('/'),
    ids: route.path.split('{').length,
  }))
  .sort((a, b) => a.ids - b.ids);

/** The route of a request. Throws `not_found`, or MethodNotAllowed. */
export function matchRoute(method: string, path: string): RouteMatch {
  const candidates = candidatesOf(path);
  const [best] = candidates;
  if (best === undefined) throw new DomainError('not_found', 'the API has no such path; see /api/v1/docs');
  const samePath = candidates.filter(({ pattern }) => pattern === best.pattern);
  const match = samePath.find(({ route }) => route.method === method);
  if (match === undefined)
    throw new MethodNotAllowed(
      method,
      samePath.map(({ route }) => route.method),
    );
  return match;
}

function candidatesOf(path: string): readonly Candidate[] {
  if (!path.startsWith(`${BASE_PATH}/`)) return [];
  const given = path.slice(BASE_PATH.length + 1).split('/');
  return PATTERNS.flatMap(({ operation, route, segments }) => {
    const params = bind(segments, given);
    return params === undefined ? [] : [{ operation, route, params, pattern: route.path }];
  });
}

function bind(segments: readonly string[], given: readonly string[]): Record<string, string> | undefined {
  if (segments.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const value = given[index] ?? '';
    if (segment.startsWith('{')) params[segment.slice(1, -1)] = decode(value);
    else if (segment !== value) return undefined;
  }
  return Object.values(params).includes('') ? undefined : params;
}

/** API Gateway has decoded the path already; a second time changes no id that is allowed. */
function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
