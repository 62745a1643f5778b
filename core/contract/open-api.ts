import * as z from 'zod';
import { SCOPES } from '../roles.ts';
import { componentSchemas, type JsonSchema, parameterSchema, schemaRef } from './component-schemas.ts';
import { idempotencyKeySchema } from './idempotency-key-schema.ts';
import { ifMatchSchema } from './if-match-schema.ts';
import { ifNoneMatchSchema } from './memory-schema.ts';
import { type DocumentedAnswer, OPERATIONS, type OperationDoc } from './operations.ts';
import { problemSchema } from './problem-schema.ts';
import { PROBLEMS, type ProblemCode } from './problems.ts';
import { BASE_PATH, type Operation, ROUTES, type Route } from './routes.ts';

type Document = Readonly<Record<string, unknown>>;

/** The OpenAPI 3.1 document of all routes, from the schemas that validate. */
export function openApiDocument(): Document {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tasklane',
      version: '1',
      summary: 'Tasks run by priority, retried, and kept with their results.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: BASE_PATH }],
    tags: [{ name: 'Tasks' }, { name: 'Agents' }, { name: 'Operations' }],
    security: [{ token: [] }],
    paths: pathsOf(Object.entries(ROUTES) as [Operation, Route][]),
    components: {
      schemas: componentSchemas(),
      headers: {
        RequestId: { description: 'Names the request in the logs.', schema: { type: 'string' } },
        ETag: { description: 'What `If-Match` takes.', schema: { type: 'string' } },
        Location: { description: 'The path of the task.', schema: { type: 'string' } },
        RetryAfter: { description: 'Seconds until it may be sent again.', schema: { type: 'string' } },
      },
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: `Without a valid one API Gateway itself answers 401 \`{"message":"Unauthorized"}\`. An access token with one of the scopes ${Object.values(SCOPES).join(', ')}.`,
        },
      },
    },
  };
}

function pathsOf(routes: readonly [Operation, Route][]): Document {
  const paths: Record<string, Document> = {};
  for (const [operation, route] of routes) {
    const method = route.method.toLowerCase();
    paths[route.path] = { ...paths[route.path], [method]: operationOf(operation, route) };
  }
  return paths;
}

function operationOf(operationId: Operation, route: Route): Document {
  const doc = OPERATIONS[operationId];
  const roles = route.roles === 'public' ? '' : `Roles: ${route.roles.join(', ')}.`;
  const description = [doc.description, roles].filter(Boolean).join('\n\n');
  const parameters = parametersOf(route, doc);
  return {
    operationId,
    tags: [doc.tag],
    summary: doc.summary,
    ...(description === '' ? {} : { description }),
    ...(route.roles === 'public' ? { security: [] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(doc.body === undefined
      ? {}
      : { requestBody: { required: true, content: json(schemaRef(doc.body)) } }),
    responses: responsesOf(route, doc),
  };
}

function parametersOf(route: Route, doc: OperationDoc): readonly Document[] {
  const idempotencyKey = parameter('Idempotency-Key', 'header', false, idempotencyKeySchema);
  const ifMatch = parameter('If-Match', 'header', false, ifMatchSchema);
  return [
    ...partsOf(route.params).map(([name, schema]) => parameter(name, 'path', true, schema)),
    ...partsOf(route.query).map(([name, schema]) => parameter(name, 'query', isDemanded(schema), schema)),
    ...(doc.takesIdempotencyKey ? [idempotencyKey] : []),
    ...(doc.takesIfMatch ? [ifMatch] : []),
    ...(doc.takesIfNoneMatch ? [parameter('If-None-Match', 'header', false, ifNoneMatchSchema)] : []),
  ];
}

function partsOf(schema: z.core.$ZodType | undefined): [string, z.core.$ZodType][] {
  return schema instanceof z.ZodObject ? (Object.entries(schema.shape) as [string, z.core.$ZodType][]) : [];
}

/** Whether an object may not do without a member of this schema. */
function isDemanded(schema: z.core.$ZodType): boolean {
  return !z.safeParse(z.object({ part: schema }), {}).success;
}

function parameter(
  name: string,
  place: 'path' | 'query' | 'header',
  required: boolean,
  schema: z.core.$ZodType,
): Document {
  const { description, ...rest } = parameterSchema(schema);
  return { name, in: place, required, ...(description === undefined ? {} : { description }), schema: rest };
}

function responsesOf(route: Route, doc: OperationDoc): Document {
  const answers = Object.entries(doc.answers).map(([status, answer]) => [status, answerOf(answer)]);
  const codes: readonly ProblemCode[] = [
    ...(route.roles === 'public' ? [] : (['unauthorized', 'forbidden'] as const)),
    ...doc.problems,
    'internal_error',
  ];
  const byStatus = Map.groupBy(codes, (code) => PROBLEMS[code].status);
  const problems = [...byStatus].map(([status, of]) => [String(status), problemOf(of)]);
  return Object.fromEntries([...answers, ...problems]);
}

function answerOf({ description, content, hasLocation, hasEtag }: DocumentedAnswer): Document {
  const requestId = { 'x-request-id': { $ref: '#/components/headers/RequestId' } };
  const location = hasLocation ? { location: { $ref: '#/components/headers/Location' } } : {};
  const etag = hasEtag ? { etag: { $ref: '#/components/headers/ETag' } } : {};
  const headers = { ...requestId, ...location, ...etag };
  if (content === undefined) return { description, headers };
  const body = typeof content === 'string' ? { [content]: {} } : json(schemaRef(content));
  return { description, headers, content: body };
}

function problemOf(codes: readonly ProblemCode[]): Document {
  const passes = codes.some((code) => PROBLEMS[code].status === 429 || PROBLEMS[code].status === 503);
  return {
    description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}.`).join('\n\n'),
    headers: {
      'x-request-id': { $ref: '#/components/headers/RequestId' },
      ...(passes ? { 'retry-after': { $ref: '#/components/headers/RetryAfter' } } : {}),
    },
    content: { 'application/problem+json': { schema: schemaRef(problemSchema) } },
  };
}

function json(schema: JsonSchema): Document {
  return { 'application/json': { schema } };
}
