/** The order in which the members of a batch are put, or the first cycle among them, from a member back to it. */
export type BatchOrder =
  | { readonly kind: 'ordered'; readonly levels: readonly (readonly number[])[] }
  | { readonly kind: 'cycle'; readonly path: readonly number[] };

/**
 * Orders the members of a batch by levels: those of each depend only on members of levels before it, and keep the
 * body's order among themselves. So what is stored of a batch never depends on what is not. `dependsOn` has, for
 * each member, the places of those that it depends on.
 */
export function orderBatch(dependsOn: readonly (readonly number[])[]): BatchOrder {
  const levels: number[][] = [];
  const placed = new Set<number>();
  let open = dependsOn.map((_, place) => place);
  while (open.length > 0) {
    const level = open.filter((place) => dependsOn[place]?.every((on) => placed.has(on)));
    if (level.length === 0) return { kind: 'cycle', path: cycleAmong(open, dependsOn, placed) };
    for (const place of level) placed.add(place);
    levels.push(level);
    open = open.filter((place) => !placed.has(place));
  }
  return { kind: 'ordered', levels };
}

/** Each open member depends on an open one, so following those leads round. */
function cycleAmong(
  [first = 0]: readonly number[],
  dependsOn: readonly (readonly number[])[],
  placed: ReadonlySet<number>,
): readonly number[] {
  const path: number[] = [];
  let at = first;
  while (!path.includes(at)) {
    path.push(at);
    at = dependsOn[at]?.find((on) => !placed.has(on)) ?? at;
  }
  return [...path.slice(path.indexOf(at)), at];
}
