import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderBatch } from '../../core/batch-order.ts';

describe('the order in which a batch is put', () => {
  it('is the body’s where none depends on another', () => {
    expect(orderBatch([[], [], []])).toEqual({ kind: 'ordered', levels: [[0, 1, 2]] });
  });

  it('has dependencies before those that depend on them', () => {
    expect(orderBatch([[1, 2], [3], [3], []])).toEqual({ kind: 'ordered', levels: [[3], [1, 2], [0]] });
  });

  it('fails with a cycle, from a member back to it', () => {
    expect(orderBatch([[2], [], [3], [2]])).toEqual({ kind: 'cycle', path: [2, 3, 2] });
    expect(orderBatch([[0]])).toEqual({ kind: 'cycle', path: [0, 0] });
  });

  it('is a right one, or a real cycle, of any batch', () => {
    const batch = fc
      .integer({ min: 1, max: 9 })
      .chain((size) =>
        fc.array(fc.array(fc.nat(size - 1), { maxLength: 2 }), { minLength: size, maxLength: size }),
      );
    fc.assert(
      fc.property(batch, (dependsOn) => {
        const order = orderBatch(dependsOn);
        if (order.kind === 'cycle') {
          expect(order.path[0]).toBe(order.path.at(-1));
          order.path.slice(1).forEach((to, place) => {
            expect(dependsOn[order.path[place] ?? -1]).toContain(to);
          });
          return;
        }
        const placed = new Set<number>();
        for (const level of order.levels) {
          for (const place of level) expect(dependsOn[place]?.every((on) => placed.has(on))).toBe(true);
          for (const place of level) placed.add(place);
        }
        expect(placed.size).toBe(dependsOn.length);
      }),
    );
  });
});
