/** Throws unless what is said holds. */
export function demand(held: boolean, what: string): void {
  if (!held) throw new Error(`it does not hold that ${what}`);
}
