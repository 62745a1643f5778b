import { TasklaneError } from './tasklane-error.ts';
import { isPassing, type TransportOptions } from './transport.ts';
import { waitMs } from './wait-ms.ts';

/** Three tries, with waits of up to 0.5 and 1 s between them. */
const MAX_TRIES = 3;
const FIRST_WAIT_MS = 500;

/**
 * Sends to a link of the object store, which takes no token: what is put is the same however often. Throws a
 * TasklaneError for a status that is no success.
 */
export async function sendToLink(
  options: Pick<TransportOptions, 'fetch' | 'wait'>,
  url: string,
  init: RequestInit,
): Promise<Response> {
  const { fetch: send = fetch, wait = waitMs } = options;
  for (let tries = 1; ; tries += 1) {
    try {
      const answer = await send(url, init);
      if (answer.ok) return answer;
      throw new TasklaneError(answer.status, undefined, answer.headers.get('x-amz-request-id') ?? undefined);
    } catch (error) {
      if (tries >= MAX_TRIES || !isPassing(error) || init.signal?.aborted) throw error;
      await wait(Math.random() * FIRST_WAIT_MS * 2 ** (tries - 1), init.signal ?? undefined);
    }
  }
}
