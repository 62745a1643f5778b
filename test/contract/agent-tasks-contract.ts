import { expect, it } from 'vitest';
import type { AgentTasks, CountedTasks } from '../../core/agents/agent-ports.ts';
import type { CountedBlock } from '../../core/agents/agent-totals.ts';
import type { TaskStore } from '../../core/ports.ts';
import { TIME_INDEX_BOTTOM } from '../../core/time-index.ts';
import { aRow, NOW_MS, newTaskId } from '../support/builders.ts';
import { until } from '../support/until.ts';

export interface AgentTasksUnderTest {
  readonly tasks: TaskStore;
  readonly agentTasks: AgentTasks;
  readonly countedTasks: CountedTasks;
}

/** What everything that counts tasks does alike: the fake and the tables are held against the same tests. */
export function agentTasksContract(build: () => AgentTasksUnderTest): void {
  it('lists the tasks of an agent above a position, oldest first', async () => {
    const { tasks, agentTasks } = build();
    const agentId = `agent:${crypto.randomUUID()}`;
    const rows = [4, 0, 3, 1, 2].map((ms) => aRow({ agent_id: agentId }, { nowMs: NOW_MS + ms }));
    await tasks.insert([...rows, aRow({ agent_id: `${agentId}:other` })]);
    const entries = rows.map(({ listed_at }) => listed_at).sort();
    const all = () => agentTasks.entries({ agentId, after: TIME_INDEX_BOTTOM, limit: 100 });
    await until('the index to have all', async () => (await all()).length === rows.length);
    expect(await all()).toEqual(entries);
    expect(await agentTasks.entries({ agentId, after: entries[1] ?? '', limit: 2 })).toEqual(
      entries.slice(2, 4),
    );
    expect(await agentTasks.entries({ agentId, after: entries[4] ?? '', limit: 2 })).toEqual([]);
  });

  it('tells the states of tasks, also of more than a call takes', async () => {
    const { tasks, agentTasks } = build();
    const rows = Array.from({ length: 120 }, () => aRow());
    const ended = { ...aRow(), status: 'completed' as const, expires_at: 1_900_000_000 };
    await tasks.insert([...rows, ended]);
    const states = await agentTasks.states(
      [...rows, ended].map(({ task_id }) => task_id).concat(newTaskId()),
    );
    expect(states.size).toBe(121);
    expect(states.get(ended.task_id)).toMatchObject({ status: 'completed', expires_at: 1_900_000_000 });
    expect(states.get(rows[7]?.task_id ?? '')).toMatchObject({ status: 'queued' });
    expect(await agentTasks.states([])).toEqual(new Map());
  });

  it('keeps what was counted, in order, the newest of each place', async () => {
    const { countedTasks } = build();
    const agentId = `agent:${crypto.randomUUID()}`;
    const block = (after: string, more: Partial<CountedBlock> = {}): CountedBlock => ({
      after,
      through: `${after}~`,
      completed: 7,
      cancelled: 1,
      open: ['1795255200000#task-1'],
      fresh_until: Date.now() + 3_600_000,
      ...more,
    });
    await countedTasks.put(agentId, [block('3'), block('1')]);
    await countedTasks.put(agentId, [block('2'), block('1', { completed: 8, open: [] })]);
    const [first, ...others] = await countedTasks.blocks(agentId);
    expect(first).toMatchObject({ after: '1', completed: 8, open: [] });
    expect(others).toMatchObject([{ after: '2' }, { after: '3', open: ['1795255200000#task-1'] }]);
    expect(await countedTasks.blocks(`${agentId}:other`)).toEqual([]);
  });
}
