import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Dependency, encodeDependency } from '../../../core/dependencies/dependency.ts';
import { walkDependencies } from '../../../core/dependencies/walk.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import { aRow } from '../../support/builders.ts';

const on = (...ids: readonly string[]): readonly Dependency[] =>
  ids.map((task_id, index) => ({ task_id, index, condition: 'success' }));

const waiting = (id: string, ...ids: readonly string[]): TaskRow => ({
  ...aRow(),
  task_id: id,
  status: 'waiting',
  dependencies: on(...ids).map(encodeDependency),
  waiting_on: ids.map((_, index) => String(index)),
});

const rows = (...some: readonly TaskRow[]) => new Map(some.map((row) => [row.task_id, row]));

/** Reads whatever is asked for until nothing more is. */
function walkAll(from: string, by: readonly Dependency[], all: ReadonlyMap<string, TaskRow>) {
  let walk = walkDependencies(from, by, new Map());
  let read = 0;
  while (walk.cycle === undefined && walk.frontier.length > 0) {
    read += walk.frontier.length;
    walk = walkDependencies(from, by, new Map(walk.frontier.map((id) => [id, all.get(id)])), walk);
  }
  return { cycle: walk.cycle, read };
}

describe('a walk along what tasks wait for', () => {
  it('asks for the rows that it needs, each once, and finds the way back', () => {
    const all = rows(waiting('b', 'c', 'd'), waiting('c', 'd'), waiting('d', 'e', 'a'), waiting('e'));
    expect(walkDependencies('a', on('b', 'b'), new Map())).toMatchObject({ frontier: ['b'] });
    const { cycle, read } = walkAll('a', on('b'), all);
    expect(cycle?.path).toEqual(['a', 'b', 'd', 'a']);
    expect(read).toBe(3);
  });

  it('finds a task that depends on itself', () => {
    expect(walkDependencies('a', on('b', 'a'), new Map()).cycle?.path).toEqual(['a', 'a']);
  });

  it('says by which dependency the cycle begins', () => {
    const { cycle } = walkAll('a', on('x', 'y'), rows(waiting('x'), waiting('y', 'z'), waiting('z', 'a')));
    expect(cycle?.by).toMatchObject({ task_id: 'y', index: 1 });
  });

  it('goes no further where a task does not wait, is not there, or has what it needs from there', () => {
    const ended: TaskRow = { ...waiting('b', 'a'), status: 'failed' };
    const met: TaskRow = { ...waiting('c', 'a', 'x'), waiting_on: ['1'] };
    expect(walkAll('a', on('b', 'c', 'gone'), rows(ended, met)).cycle).toBeUndefined();
  });

  it('finds a cycle where there is one, and no other', () => {
    const size = 7;
    const graph = fc.array(fc.array(fc.nat(size - 1), { maxLength: 3 }), {
      minLength: size,
      maxLength: size,
    });
    fc.assert(
      fc.property(graph, (edges) => {
        const all = rows(...edges.map((to, from) => waiting(String(from), ...new Set(to.map(String)))));
        const { cycle } = walkAll('0', on(...new Set((edges[0] ?? []).map(String))), all);
        expect(cycle !== undefined).toBe(reaches(edges, edges[0] ?? [], 0));
        cycle?.path.slice(1).forEach((to, place) => {
          expect(edges[Number(cycle.path[place])]?.map(String)).toContain(to);
        });
      }),
    );
  });
});

function reaches(edges: readonly (readonly number[])[], from: readonly number[], goal: number): boolean {
  const seen = new Set(from);
  for (const at of seen) for (const next of at === goal ? [] : (edges[at] ?? [])) seen.add(next);
  return seen.has(goal);
}
