import {
  GetEventSourceMappingCommand,
  type LambdaClient,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import type { Lane } from '../../core/lane.ts';
import type { LaneMappings } from '../../core/lane-state.ts';

/** The event source mappings of the lanes' queues. */
export class LambdaLaneMappings implements LaneMappings {
  readonly #client: Pick<LambdaClient, 'send'>;
  readonly #mappings: Readonly<Record<string, readonly string[]>>;

  /** `mappings`: by lane, the UUIDs of its mappings, one a pool. */
  constructor(client: Pick<LambdaClient, 'send'>, mappings: Readonly<Record<string, readonly string[]>>) {
    this.#client = client;
    this.#mappings = mappings;
  }

  async serve(lane: Lane, isServed: boolean): Promise<boolean> {
    const done = await Promise.all((this.#mappings[lane] ?? []).map((uuid) => this.#switch(uuid, isServed)));
    return done.every(Boolean);
  }

  /** A mapping on its way there is left alone; one on its way elsewhere refuses the change, and is asked again. */
  async #switch(UUID: string, Enabled: boolean): Promise<boolean> {
    const { State = '' } = await this.#client.send(new GetEventSourceMappingCommand({ UUID }));
    if (State === (Enabled ? 'Enabled' : 'Disabled')) return true;
    if (State === (Enabled ? 'Enabling' : 'Disabling')) return false;
    try {
      await this.#client.send(new UpdateEventSourceMappingCommand({ UUID, Enabled }));
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'ResourceInUseException') throw error;
    }
    return false;
  }
}
