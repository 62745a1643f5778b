import { httpEvent } from '../path/events.ts';
import type { FunctionProcess } from '../path/function-process.ts';
import { mean, percentile } from '../spread.ts';
import type { Seeded } from './seed-rows.ts';

/** Time of one query in the handler. */
export interface QueryFigure {
  readonly query: string;
  readonly calls: number;
  readonly mean_ms: number;
  readonly p95_ms: number;
}

export interface QueryFunctions {
  readonly api: FunctionProcess;
  readonly wait: FunctionProcess;
}

/** Times each query so often, after a fifth as many calls that are not counted. */
export async function measureQueries(
  functions: QueryFunctions,
  seeded: Seeded,
  calls: number,
): Promise<readonly QueryFigure[]> {
  const any = (values: readonly string[]) => values[Math.floor(Math.random() * values.length)] ?? '';
  const queries = [
    {
      query: 'GET a task',
      by: functions.wait,
      event: () => httpEvent({ method: 'GET', path: `/tasks/${any(seeded.taskIds)}` }),
    },
    {
      query: 'a list page (50 tasks)',
      by: functions.api,
      event: () => httpEvent({ method: 'GET', path: '/tasks', query: 'limit=50' }),
    },
    {
      query: "an agent's list page (50 tasks)",
      by: functions.api,
      event: () =>
        httpEvent({ method: 'GET', path: `/agents/${any(seeded.agentIds)}/tasks`, query: 'limit=50' }),
    },
  ];
  const figures: QueryFigure[] = [];
  for (const { query, by, event } of queries) {
    await time(by, Math.ceil(calls / 5), event);
    const durationsMs = await time(by, calls, event);
    figures.push({ query, calls, mean_ms: mean(durationsMs), p95_ms: percentile(durationsMs, 0.95) });
  }
  return figures;
}

async function time(by: FunctionProcess, calls: number, event: () => string): Promise<readonly number[]> {
  const { answers, durationsMs } = await by.run(Array.from({ length: calls }, event));
  const refused = answers.find((answer) => !answer.startsWith('{"statusCode":200,'));
  if (refused !== undefined) throw new Error(`a query was answered ${refused.slice(0, 500)}`);
  return durationsMs;
}
