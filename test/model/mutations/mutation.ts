import type { Expectation, RowWrite } from '../../../core/row-write.ts';
import type { ConfigurationName } from '../configurations.ts';
import type { PropertyId } from '../properties.ts';
import type { Rules } from '../rules.ts';

/** A rule of the protocols, how the decisions look without it, and what that breaks. */
export interface Mutation {
  /** The rule that is taken out. */
  readonly rule: string;
  readonly change: Partial<Rules>;
  /** A small configuration that shows it. */
  readonly configuration: ConfigurationName;
  /** Every property that breaks there, S1 where all of it can be explored. */
  readonly breaks: readonly PropertyId[];
  /** Why a rule whose removal breaks nothing is there all the same. */
  readonly why?: string;
}

/** A write without its expectations on some attributes. */
export function without(write: RowWrite, ...attributes: readonly Expectation['attribute'][]): RowWrite {
  return { ...write, expect: write.expect.filter(({ attribute }) => !attributes.includes(attribute)) };
}

/** A write that leaves a number as it is. */
export function notCounting(write: RowWrite, counter: RowWrite['increment'][number]): RowWrite {
  return { ...write, increment: write.increment.filter((name) => name !== counter) };
}

/** A finish that leaves an ended row claimable. */
export function claimableOnceEnded(write: RowWrite): RowWrite {
  return write.set.expires_at === undefined ? write : { ...write, set: { ...write.set, claimable_at: 0 } };
}
