import type * as z from 'zod';
import type { Operation, ROUTES } from '../../../core/contract/routes.ts';
import type { Answer } from './answer.ts';

type RouteOf<Name extends Operation> = (typeof ROUTES)[Name];
type QueryOf<Name extends Operation> = RouteOf<Name>['query'] extends z.core.$ZodType
  ? z.output<RouteOf<Name>['query']>
  : undefined;

/** A request to one operation: matched, allowed and checked, but for the meaning of its body. */
export interface ApiRequest<Name extends Operation = Operation> {
  readonly params: z.output<RouteOf<Name>['params']>;
  readonly query: QueryOf<Name>;
  /** The tenant of the caller; empty on public routes. */
  readonly tenant: string;
  /** Whether the caller has the role `admin`. */
  readonly isAdmin: boolean;
  /** Header values, by name in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The parsed JSON, of routes with a body. */
  readonly body: unknown;
  /** When API Gateway received it, in milliseconds since 1970. */
  readonly receivedAtMs: number;
}

/** What serves each of some operations. */
export type Handlers<Name extends Operation> = {
  readonly [Each in Name]: (request: ApiRequest<Each>) => Promise<Answer>;
};
