import type { Edge, EdgePage, EdgeStore } from '../../core/dependencies/edge.ts';

/** The edges between tasks, in memory. */
export class InMemoryEdgeStore implements EdgeStore {
  readonly edges = new Map<string, Edge>();

  async put(edges: readonly Edge[]): Promise<readonly boolean[]> {
    for (const edge of edges) this.edges.set(keyOf(edge), edge);
    return edges.map(() => true);
  }

  async page({ dependencyId, of, limit, after = '' }: Parameters<EdgeStore['page']>[0]): Promise<EdgePage> {
    const found = [...this.edges.values()]
      .filter((edge) => edge.dependencyId === dependencyId && (of === 'all' || edge.condition === 'start'))
      .map((edge) => ({ edge, place: placeOf(edge) }))
      .sort((a, b) => (a.place < b.place ? -1 : 1))
      .filter(({ place }) => place > after);
    const page = found.slice(0, limit);
    const next = page.at(-1)?.place;
    const edges = page.map(({ edge }) => edge);
    return page.length < limit || next === undefined ? { edges } : { edges, next };
  }

  async remove(edges: readonly Edge[]): Promise<readonly boolean[]> {
    for (const edge of edges) this.edges.delete(keyOf(edge));
    return edges.map(() => true);
  }
}

function placeOf({ condition, dependentId, index }: Edge): string {
  return `${condition}#${dependentId}#${index}`;
}

function keyOf(edge: Edge): string {
  return `${edge.dependencyId}/${placeOf(edge)}`;
}
