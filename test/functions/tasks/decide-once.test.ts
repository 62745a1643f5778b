import { expect, test } from 'vitest';
import { decideOnce } from '../../../functions/tasks/decide-once.ts';
import { InMemoryMemory } from '../../support/in-memory-memory.ts';
import { taskContext } from '../../support/task-context.ts';

const decide = (memory: InMemoryMemory, proposal: unknown, agentId?: string) =>
  decideOnce.run(
    taskContext(decideOnce, { key: 'k', proposal }, agentId === undefined ? { memory } : { memory, agentId }),
  );

test('decide_once tells all the first proposal, of an agent or of all', async () => {
  const memory = new InMemoryMemory();
  expect(await decide(memory, 'a', 'agent-7')).toEqual({ decision: 'a' });
  expect(await decide(memory, 'b', 'agent-7')).toEqual({ decision: 'a' });
  expect(await decide(memory, 'b')).toEqual({ decision: 'b' });
  expect([...memory.items.keys()]).toEqual(['agent-7#k', 'shared#k']);
});

test('decide_once fails for who was not quick enough, to read the decision at its next attempt', async () => {
  const memory = new InMemoryMemory();
  const outcomes = await Promise.allSettled(['a', 'b', 'c'].map((proposal) => decide(memory, proposal)));
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
  const [won] = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  expect(await decide(memory, 'd')).toEqual(won);
});
