import { describe, expect, it } from 'vitest';
import type { Edge, EdgeStore } from '../../core/dependencies/edge.ts';
import { newTaskId } from '../support/builders.ts';

/** What every store of edges does alike; `buildStore` may hand out one that holds others' edges. */
export function edgeStoreContract(buildStore: () => EdgeStore): void {
  const edges = (dependencyId: string, count: number, condition: Edge['condition'] = 'success'): Edge[] =>
    Array.from({ length: count }, (_, index) => ({
      dependencyId,
      dependentId: newTaskId(),
      index,
      condition,
    }));
  const sorted = (some: readonly Edge[]) =>
    [...some].sort((a, b) => (a.dependentId < b.dependentId ? -1 : 1));

  describe('the edges between tasks', () => {
    it('are found by the task that others wait for, and by no other', async () => {
      const store = buildStore();
      const [one, other] = [newTaskId(), newTaskId()];
      const own = edges(one, 3, 'completion');
      expect(await store.put([...own, ...edges(other, 2)])).toEqual(Array(5).fill(true));
      const { edges: found, next } = await store.page({ dependencyId: one, of: 'all', limit: 10 });
      expect([sorted(found), next]).toEqual([sorted(own), undefined]);
    });

    it('are the same when they are put again', async () => {
      const store = buildStore();
      const own = edges(newTaskId(), 2, 'fallback');
      await store.put(own);
      await store.put(own);
      const dependencyId = own[0]?.dependencyId ?? '';
      expect(sorted((await store.page({ dependencyId, of: 'all', limit: 10 })).edges)).toEqual(sorted(own));
    });

    it('come in pages, each of them once, though those before are removed', async () => {
      const store = buildStore();
      const dependencyId = newTaskId();
      const own = edges(dependencyId, 60);
      await store.put(own);
      const seen: Edge[] = [];
      let after: string | undefined;
      do {
        const query = {
          dependencyId,
          of: 'all',
          limit: 25,
          ...(after === undefined ? {} : { after }),
        } as const;
        const page = await store.page(query);
        seen.push(...page.edges);
        await store.remove(page.edges);
        after = page.next;
      } while (after !== undefined);
      expect(sorted(seen)).toEqual(sorted(own));
      expect(await store.page({ dependencyId, of: 'all', limit: 1 })).toEqual({ edges: [] });
    });

    it('that wait for a start are found alone', async () => {
      const store = buildStore();
      const dependencyId = newTaskId();
      const starts = edges(dependencyId, 2, 'start');
      await store.put([...edges(dependencyId, 2), ...starts, ...edges(dependencyId, 2, 'completion')]);
      const page = await store.page({ dependencyId, of: 'start', limit: 10 });
      expect(sorted(page.edges)).toEqual(sorted(starts));
      expect((await store.page({ dependencyId, of: 'all', limit: 10 })).edges).toHaveLength(6);
    });

    it('may be removed twice, in one call too', async () => {
      const store = buildStore();
      const own = edges(newTaskId(), 1);
      await store.put(own);
      expect(await store.remove([...own, ...own])).toEqual([true, true]);
      expect(await store.remove(own)).toEqual([true]);
      const dependencyId = own[0]?.dependencyId ?? '';
      expect(await store.page({ dependencyId, of: 'all', limit: 1 })).toEqual({ edges: [] });
    });
  });
}
