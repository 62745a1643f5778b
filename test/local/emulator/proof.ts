import type { LocalAws } from './local-aws.ts';

/** Shows that the emulator does what AWS does, and that it would not without a patch. */
export interface Proof {
  /** The module below `local/emulator/patches/`. */
  readonly patch: string;
  /** What AWS does. */
  readonly states: string;
  /** Throws where the emulator does otherwise. */
  readonly prove: (aws: LocalAws) => Promise<void>;
}
