import type { TaskRow } from '../../../core/task-row.ts';
import type { Completion, Effect, Job, Message, Process, State, TaskState } from './state.ts';

/**
 * A state as a text, the same for states that go on alike. Of the numbers that only rise it matters whether what
 * somebody holds is the present one: a row that was read before can never be written again. What states share is
 * put into words once.
 */
export function keyOf(state: State): string {
  const { tasks, edges, messages, processes, budget, wishes } = state;
  const rows = Object.values(tasks).map(taskKey);
  const edgeKeys = edges.map(edgeKey).sort();
  const messageKeys = messages.map(messageKey).sort();
  const processKeys = processes.map((one) => `${processKey(one)}~${heldKey(state, one)}`).sort();
  return [
    rows.join('\n'),
    edgeKeys.join(' '),
    messageKeys.join(' '),
    processKeys.join('\n'),
    plainKey(budget),
    wishes.join(' '),
  ].join('\n\n');
}

/** A key that depends on nothing but its object, made once. */
function remembered<T extends object>(make: (value: T) => string): (value: T) => string {
  const known = new WeakMap<T, string>();
  return (value) => {
    const key = known.get(value) ?? make(value);
    known.set(value, key);
    return key;
  };
}

const plainKey = remembered((value: object) => Object.values(value).join(' '));
const messageKey = remembered(({ task_id, of, after, told }: Message) =>
  [task_id, of, after, told?.status].join(' '),
);
const edgeKey = remembered((edge: object) => Object.values(edge).join('>'));

const taskKey = remembered(({ row, records, handled, sent, marks, runs }: TaskState) =>
  [
    row === undefined ? '-' : rowKey(row),
    recordsKey(records, row),
    recordsKey(handled, row),
    sent === row?.generation ? '=' : sent > 0 ? '<' : '0',
    marks.join(' '),
    runs,
  ].join('|'),
);

const rowKey = remembered((row: TaskRow) =>
  [
    row.status,
    Math.min(row.attempt, 1),
    row.dependencies?.join(',') ?? '',
    row.waiting_on?.join(',') ?? '',
    row.next_index ?? '',
    row.has_dependents ? 'd' : '',
    row.has_start_dependents ? 's' : '',
    row.timer_at === undefined ? '' : 't',
  ].join(';'),
);

/** What a dependency's row says to those who wait for it. */
const lookKey = remembered((row: TaskRow) => {
  const marks = (row.has_dependents ? 'd' : '') + (row.has_start_dependents ? 's' : '');
  return `${row.status} ${Math.min(row.attempt, 1)}${marks}`;
});

const jobKey = remembered(({ message, edges, next, dependency }: Job) =>
  [messageKey(message), edges.map(edgeKey).join(' '), next ?? '', lookedAt(dependency)].join('/'),
);

function lookedAt(row: TaskRow | null | undefined): string {
  return row === undefined || row === null ? '-' : lookKey(row);
}

function recordsKey(records: readonly (readonly Effect[])[], row: TaskRow | undefined): string {
  const wordOf = (effect: Effect): string => {
    if (effect.kind === 'send') return effect.generation === row?.generation ? 'send' : 'old';
    return effect.kind === 'release' ? effect.of : `f${effect.index}`;
  };
  return records.map((effects) => effects.map(wordOf).join(',')).join('/');
}

/** The row that a process has read last: those that write it only at that version will be refused at a later one. */
function heldKey(state: State, one: Process): string {
  if (!('row' in one) || one.row === undefined) return '';
  const now = state.tasks[one.row.task_id]?.row;
  const isPresent = now?.version === one.row.version && now.generation === one.row.generation;
  if (one.kind === 'release') return `${rowKey(one.row)}${isPresent ? '=' : '<'}`;
  return isPresent ? rowKey(one.row) : '<';
}

const processKey = remembered((one: Process): string => {
  switch (one.kind) {
    case 'completion':
      return completionKey(one);
    case 'release':
      return [one.kind, one.stage, ...one.jobs.map(jobKey), one.left.join(',')].join('|');
    case 'submitting':
      return [one.kind, one.task, ...one.dependencies.map(({ isMet }) => isMet)].join('|');
    case 'batch':
      return [one.kind, ...one.left].join('|');
    case 'putting':
      return [one.kind, one.task, one.named.task_id, one.isMet].join('|');
    case 'retrying':
      return [one.kind, one.task, one.met.join(',')].join('|');
    case 'deleting':
      return [one.kind, one.task, edgeKey(one.edge)].join('|');
  }
});

function completionKey(one: Completion): string {
  const { kind, by, task, stage, holds, only, dependencies, seen, walked, cycle } = one;
  return [
    kind,
    by,
    task,
    stage,
    holds.join(','),
    only?.join(',') ?? '*',
    dependencies.map(({ index }) => index).join(','),
    byId(seen, lookKey),
    byId(walked, rowKey),
    cycle?.path.join('>') ?? '',
  ].join('|');
}

function byId(
  rows: Readonly<Record<string, TaskRow | undefined>>,
  keyOfRow: (row: TaskRow) => string,
): string {
  const keys = Object.entries(rows).map(([id, row]) => `${id}:${row === undefined ? '-' : keyOfRow(row)}`);
  return keys.sort().join(' ');
}
