import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { anApiEvent } from './api-event.ts';
import type { TestAnswer } from './api-harness.ts';

/** `fetch` for a client: hands each request to functions in memory as API Gateway does. */
export function apiFetch(handle: (event: APIGatewayProxyEventV2) => Promise<TestAnswer>): typeof fetch {
  return async (input, init = {}) => {
    const { pathname, search } = new URL(String(input));
    const headers = Object.fromEntries(new Headers(init.headers));
    const event = anApiEvent({
      method: init.method ?? 'GET',
      path: pathname.replace('/api/v1', '') + search,
      headers,
      role: headers.authorization === undefined ? null : 'admin',
      ...(init.body === undefined ? {} : { body: String(init.body) }),
    });
    const answer = await handle(event);
    return new Response(answer.body === undefined ? null : JSON.stringify(answer.body), {
      status: answer.status,
      headers: { ...answer.headers },
    });
  };
}
