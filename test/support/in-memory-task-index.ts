import { type Label, type LabelStore, labelsOf } from '../../core/labels.ts';
import type {
  ExpiredRows,
  HourDirectory,
  ListedHour,
  StripeQuery,
  TaskIndex,
} from '../../core/task-index.ts';
import type { TaskRow } from '../../core/task-row.ts';
import { hourOf, parseTimeIndexSort } from '../../core/time-index.ts';

/** The indexes of the tasks table, the labels and the directory of hours, in memory, over the rows of a store. */
export class InMemoryTaskIndex implements TaskIndex, LabelStore, HourDirectory, ExpiredRows {
  readonly announced = new Map<string, number>();
  /** By name, shard and `listed_at`: a label put again takes its own place. */
  readonly labels = new Map<string, Label>();
  /** Every query, in order. */
  readonly queries: StripeQuery[] = [];
  /** How many rows each reading of rows asked for. */
  readonly reads: number[] = [];
  readonly #rows: Map<string, TaskRow>;

  constructor(rows: Map<string, TaskRow>) {
    this.#rows = rows;
  }

  /** Notes the hour and the labels of a row that was put past the API. */
  announceRow(row: TaskRow): void {
    const { atMs } = parseTimeIndexSort(row.listed_at);
    const shard = Number(row.listed_in.split('#')[1]);
    this.announced.set(hourOf(atMs), Math.max(shard + 1, this.announced.get(hourOf(atMs)) ?? 0));
    void this.put(labelsOf(row, 0));
  }

  async put(labels: readonly Label[]): Promise<readonly boolean[]> {
    for (const label of labels) this.labels.set(`${label.name} ${label.shard} ${label.listedAt}`, label);
    return labels.map(() => true);
  }

  async announce(hour: string, shards: number): Promise<void> {
    this.announced.set(hour, Math.max(shards, this.announced.get(hour) ?? 0));
  }

  async hours(query: { newest: string; oldest: string; limit: number }): Promise<readonly ListedHour[]> {
    return [...this.announced]
      .map(([hour, shards]) => ({ hour, shards }))
      .filter(({ hour }) => hour <= query.newest && hour >= query.oldest)
      .sort((a, b) => (a.hour < b.hour ? 1 : -1))
      .slice(0, query.limit);
  }

  async stripe(query: StripeQuery): Promise<readonly string[]> {
    this.queries.push(query);
    const { partition, below, atLeast, limit } = query;
    return this.#entriesOf(partition)
      .filter((listedAt) => listedAt >= atLeast && listedAt < below)
      .sort((a, b) => (a < b ? 1 : -1))
      .slice(0, limit);
  }

  #entriesOf(partition: StripeQuery['partition']): readonly string[] {
    const rows = [...this.#rows.values()];
    const listed = (isIn: (row: TaskRow) => boolean) => rows.filter(isIn).map((row) => row.listed_at);
    switch (partition.index) {
      case 'time':
        return listed((row) => row.listed_in === `${partition.hour}#${partition.shard}`);
      case 'agent':
        return listed((row) => row.agent_id === partition.agentId);
      case 'failed':
        return listed((row) => row.failed_in === partition.lane);
      case 'label':
        return [...this.labels.values()]
          .filter(({ name, shard }) => name === partition.name && shard === partition.shard)
          .map(({ listedAt }) => listedAt);
    }
  }

  async rows(taskIds: readonly string[]): Promise<ReadonlyMap<string, TaskRow>> {
    this.reads.push(taskIds.length);
    return new Map(
      taskIds.flatMap((taskId) => {
        const row = this.#rows.get(taskId);
        return row === undefined ? [] : [[taskId, row] as const];
      }),
    );
  }

  async remove(row: TaskRow): Promise<void> {
    if (this.#rows.get(row.task_id)?.version === row.version) this.#rows.delete(row.task_id);
  }
}
