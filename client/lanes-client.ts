import type { LaneStatus, RedriveAnswer } from '../core/contract/lane-schema.ts';
import type { CallOptions } from './call-options.ts';
import type { Transport } from './transport.ts';

/** How a lane is named in the API. */
type Lane = LaneStatus['lane'];

/** Operating the lanes. Takes the role `admin`; each call may be made again. */
export class LanesClient {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Stops serving a lane, within a minute; its tasks are accepted, and wait. */
  async pause(lane: Lane, options: CallOptions = {}): Promise<LaneStatus> {
    return await this.#post(lane, 'pause', options);
  }

  /** Serves a lane again, within a minute. */
  async resume(lane: Lane, options: CallOptions = {}): Promise<LaneStatus> {
    return await this.#post(lane, 'resume', options);
  }

  /** Tries all dead letters of a lane again; answers how many there were, and how many are queued again. */
  async redrive(lane: Lane, options: CallOptions = {}): Promise<Pick<RedriveAnswer, 'matched' | 'redriven'>> {
    let [matched, redriven] = [0, 0];
    let cursor: string | undefined;
    do {
      const answer: RedriveAnswer = await this.#post(lane, 'redrive', options, { cursor });
      matched += answer.matched;
      redriven += answer.redriven;
      cursor = answer.next_cursor ?? undefined;
    } while (cursor !== undefined);
    return { matched, redriven };
  }

  async #post<Answer>(
    lane: Lane,
    verb: 'pause' | 'resume' | 'redrive',
    { signal }: CallOptions,
    query: Readonly<Record<string, string | undefined>> = {},
  ): Promise<Answer> {
    const path = `/queues/${encodeURIComponent(lane)}/${verb}`;
    return await this.#transport.call({ method: 'POST', path, query, repeatable: true, signal });
  }
}
