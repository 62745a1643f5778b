/** A broken rule: the setting it is about and a message that gives the value, the rule and the fix. */
export interface BrokenRule {
  readonly path: string;
  readonly message: string;
}

/** The rule if it is broken. */
export function when(broken: boolean, path: string, message: () => string): readonly BrokenRule[] {
  return broken ? [{ path, message: message() }] : [];
}
