import { LANES, type Lane } from '../lane.ts';
import { DEPTH_LIFE_SECONDS, type FullLane, type LaneDepths } from '../lane-depth.ts';
import type { Clock } from '../ports.ts';

export interface LaneRoomDeps {
  readonly depths: LaneDepths;
  /** Messages that may wait on a lane; null: as many as come. */
  readonly maxPending: Readonly<Record<Lane, number | null>>;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  /** Told when a lane's depth could not be read. */
  readonly onTrouble: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

/** Knows which lanes have room. Only a lane with a limit is ever asked for its depth. */
export class LaneRoom {
  readonly #deps: LaneRoomDeps;
  readonly #asked = new Map<Lane, { readonly atMs: number; readonly pending: Promise<number> }>();

  constructor(deps: LaneRoomDeps) {
    this.#deps = deps;
  }

  /** The first of the lanes that is full. A lane whose depth cannot be read has room: it has not been refused. */
  async fullAmong(lanes: ReadonlySet<Lane>): Promise<FullLane | undefined> {
    for (const lane of LANES) {
      const maxPending = this.#deps.maxPending[lane];
      if (maxPending === null || !lanes.has(lane)) continue;
      const pending = await this.#pendingOf(lane);
      if (pending >= maxPending) return { lane, pending, maxPending };
    }
    return undefined;
  }

  async #pendingOf(lane: Lane): Promise<number> {
    const nowMs = this.#deps.clock.monotonicMs();
    const known = this.#asked.get(lane);
    if (known !== undefined && nowMs - known.atMs < DEPTH_LIFE_SECONDS * 1000) return await known.pending;
    const pending = this.#read(lane);
    this.#asked.set(lane, { atMs: nowMs, pending });
    return await pending;
  }

  async #read(lane: Lane): Promise<number> {
    try {
      return (await this.#deps.depths.of(lane)).pending;
    } catch (error) {
      this.#deps.onTrouble("a lane's depth could not be read", { lane, error });
      return 0;
    }
  }
}
