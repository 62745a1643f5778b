import type { Lane } from './lane.ts';

/** A part of a lane's failed tasks. */
export interface FailedPage {
  readonly taskIds: readonly string[];
  /** Where it goes on; absent at the end. */
  readonly next?: string;
}

/** The failed tasks of each lane, the oldest first. Its entries may be a moment behind the rows. */
export interface FailedIndex {
  page(query: {
    readonly lane: Lane;
    readonly limit: number;
    readonly after?: string | undefined;
  }): Promise<FailedPage>;
}
