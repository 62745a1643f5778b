import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONDITIONS } from '../../../core/dependencies/condition.ts';
import {
  dependenciesOf,
  encodeDependency,
  openDependenciesOf,
  withIndexes,
} from '../../../core/dependencies/dependency.ts';
import { newTaskId } from '../../support/builders.ts';

describe('a dependency in its row', () => {
  it('is read as it was written', () => {
    const dependency = fc.record({
      index: fc.nat(),
      condition: fc.constantFrom(...CONDITIONS),
      task_id: fc.uuid().map((uuid) => `task-${uuid}`),
    });
    fc.assert(
      fc.property(fc.array(dependency), (dependencies) => {
        expect(dependenciesOf({ dependencies: dependencies.map(encodeDependency) })).toEqual(dependencies);
      }),
    );
  });

  it('takes 45 bytes', () => {
    expect(encodeDependency({ index: 7, condition: 'success', task_id: newTaskId() })).toHaveLength(44);
  });

  it('fails to be read where it is none', () => {
    expect(() => dependenciesOf({ dependencies: ['0x task-1'] })).toThrow(
      '"0x task-1" is no stored dependency',
    );
  });

  it('is open while the row waits for its index', () => {
    const row = { dependencies: ['0s task-a', '3c task-b', '10b task-c'] };
    expect(openDependenciesOf(row)).toEqual([]);
    expect(openDependenciesOf({ ...row, waiting_on: ['10', '3', 'h'] })).toEqual([
      { index: 3, condition: 'completion', task_id: 'task-b' },
      { index: 10, condition: 'start', task_id: 'task-c' },
    ]);
  });

  it('gets an index that no other has had', () => {
    const named = [
      { task_id: 'task-a', condition: 'start' },
      { task_id: 'task-b', condition: 'success' },
    ] as const;
    expect(withIndexes(named, 4).map(({ index }) => index)).toEqual([4, 5]);
  });
});
