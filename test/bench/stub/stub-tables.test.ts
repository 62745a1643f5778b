import { beforeEach, describe, expect, it } from 'vitest';
import { CallCounter } from '../../../bench/stub/call-counts.ts';
import { type StreamChange, StubTables } from '../../../bench/stub/stub-tables.ts';
import { claimWrite } from '../../../core/claim.ts';
import { insertStatement, updateStatement } from '../../../functions/shared/adapters/row-statements.ts';
import { taskItem } from '../../../functions/shared/adapters/task-item.ts';
import { aRow, NOW_MS } from '../../support/builders.ts';

const SCHEMA = {
  name: 'tasks',
  key: ['task_id'],
  indexes: [
    { name: 'by-time', key: ['listed_in', 'listed_at'] },
    { name: 'by-agent', key: ['agent_id', 'listed_at'] },
  ],
};

let counter: CallCounter;
let changes: StreamChange[];
let tables: StubTables;

beforeEach(() => {
  counter = new CallCounter();
  changes = [];
  tables = new StubTables([SCHEMA], counter, (change) => changes.push(change));
});

const run = ({ Statement = '', Parameters = [] }: ReturnType<typeof insertStatement>) =>
  tables.run(Statement, Parameters);

const claim = (row: ReturnType<typeof aRow>, generation = 1) =>
  updateStatement(
    'tasks',
    claimWrite({ task_id: row.task_id, generation }, { nowMs: NOW_MS, leaseMs: 80_000, leaseId: 'lease-1' }),
  );

describe('statements', () => {
  it('store a row, tell its stream, and charge the row and its entry in the time index', () => {
    const row = aRow();
    expect(run(insertStatement('tasks', row)).Error).toBeUndefined();
    expect(changes).toEqual([{ table: 'tasks', new: taskItem.encode(row) }]);
    expect(counter.take().writeUnits).toEqual({ tasks: 1, 'tasks.by-time': 1 });
  });

  it('charge the agent index only for a task of an agent', () => {
    run(insertStatement('tasks', aRow({ agent_id: 'agent-7' })));
    expect(counter.take().writeUnits).toEqual({ tasks: 1, 'tasks.by-time': 1, 'tasks.by-agent': 1 });
  });

  it('refuse a second row of one id', () => {
    const row = aRow();
    run(insertStatement('tasks', row));
    expect(run(insertStatement('tasks', row)).Error?.Code).toBe('DuplicateItem');
  });

  it('claim a row under its conditions and give it back, charging no index', () => {
    const row = aRow();
    run(insertStatement('tasks', row));
    counter.take();
    const claimed = taskItem.decode(run(claim(row)).Item ?? {});
    expect(claimed).toMatchObject({ status: 'processing', attempt: 1, version: 2, lease_id: 'lease-1' });
    expect(claimed.history).toHaveLength(2);
    expect(counter.take().writeUnits).toEqual({ tasks: 1 });
  });

  it('refuse a claim of another generation, showing the row', () => {
    const row = aRow();
    run(insertStatement('tasks', row));
    const { Error: error } = run(claim(row, 2));
    expect(error?.Code).toBe('ConditionalCheckFailed');
    expect(error?.Item?.task_id?.S).toBe(row.task_id);
  });

  it('fail for a shape that the stub does not know', () => {
    expect(() => tables.run('DELETE FROM "tasks" WHERE "task_id" = ?', [])).toThrow(
      'does not know the statement',
    );
  });
});

describe('queries', () => {
  it('read a range of one partition of an index, the newest first', () => {
    for (const nowMs of [NOW_MS, NOW_MS + 1, NOW_MS + 2]) run(insertStatement('tasks', aRow({}, { nowMs })));
    const found = tables.query({
      TableName: 'tasks',
      IndexName: 'by-time',
      KeyConditionExpression: 'listed_in = :partition AND listed_at BETWEEN :atLeast AND :below',
      ExpressionAttributeValues: {
        ':partition': { S: '2026-11-21T10#0' },
        ':atLeast': { S: String(NOW_MS + 1) },
        ':below': { S: String(NOW_MS + 9) },
      },
      ScanIndexForward: false,
      Limit: 5,
    });
    expect(found.map(({ listed_at }) => Number(listed_at?.S?.slice(0, 13)) - NOW_MS)).toEqual([2, 1]);
    expect(Object.keys(found[0] ?? {}).sort()).toEqual(['listed_at', 'listed_in', 'task_id']);
  });

  it('fail for a key condition that the stub does not know', () => {
    const query = {
      TableName: 'tasks',
      KeyConditionExpression: 'task_id = :a',
      ExpressionAttributeValues: {},
    };
    expect(() => tables.query(query)).toThrow('does not know the key condition');
  });
});
