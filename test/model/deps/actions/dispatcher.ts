import { type Effect, type State, spend, taskOf, withEdges, withMessage, withTask } from '../state.ts';
import { type Emit, newRow, putRow, trimmed, type World } from '../world.ts';

/** The dispatcher on the stream: record by record for each row, in any order between rows, and again. */
export function dispatcherSteps(world: World, state: State, emit: Emit): void {
  for (const [id, { records, handled }] of Object.entries(state.tasks)) {
    const [first, ...rest] = records;
    if (first !== undefined) {
      const kept = state.budget.rewinds > 0 ? [...handled, first] : [];
      const taken = withTask(state, id, { records: rest, handled: kept });
      const next = first.reduce((done, effect) => follow(world, done, id, effect), taken);
      emit(`the dispatcher handles a record of ${id}: ${first.map(nameOf).join(', ')}`, next);
    }
    if (handled.length > 0 && state.budget.rewinds > 0) {
      const again = withTask(state, id, { records: [...handled, ...records], handled: [] });
      emit(`the stream hands out the records of ${id} again`, spend(again, 'rewinds'), { fault: true });
    }
  }
}

function nameOf(effect: Effect): string {
  return effect.kind === 'release' ? `release (${effect.of})` : effect.kind;
}

function follow(world: World, state: State, id: string, effect: Effect): State {
  switch (effect.kind) {
    case 'send':
      return withTask(state, id, { sent: Math.max(taskOf(state, id).sent, effect.generation) });
    case 'release':
      return withMessage(state, {
        task_id: id,
        of: effect.of,
        ...(effect.told === undefined ? {} : { told: effect.told }),
      });
    case 'fallback':
      return createFallback(world, state, id, effect);
  }
}

/** The edge first, then the task, which is marked already; its id comes from the index. */
function createFallback(
  world: World,
  state: State,
  id: string,
  { index }: Effect & { kind: 'fallback' },
): State {
  const fallback = world.configuration.fallbacks[id]?.[index];
  if (fallback === undefined || taskOf(state, fallback).row !== undefined) return state;
  const edge = { dependencyId: fallback, dependentId: id, index, condition: 'fallback' } as const;
  const row = { ...trimmed(newRow(fallback, [])), has_dependents: true };
  return putRow(world, withEdges(state, [edge]), fallback, row);
}
