import type { Shared } from './shared.ts';

/** A figure that the project has set itself. */
export interface Target {
  readonly what: string;
  readonly measured: number;
  readonly target: number;
  /** `at_most` or `at_least` the target. */
  readonly bound: 'at_most' | 'at_least';
  readonly unit: string;
}

/** What a part of the bench has found. */
export interface PartReport {
  /** What the terminal shows. */
  readonly text: string;
  /** What `results.json` holds. */
  readonly figures: unknown;
  readonly targets: readonly Target[];
}

/** One part of the bench, which can be run alone. */
export interface Part {
  readonly name: string;
  readonly title: string;
  readonly run: (shared: Shared) => Promise<PartReport>;
}

export const isMet = ({ measured, target, bound }: Target): boolean =>
  bound === 'at_most' ? measured <= target : measured >= target;
