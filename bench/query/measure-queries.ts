import { httpEvent } from '../path/events.ts';
import type { FunctionProcess } from '../path/function-process.ts';
import { mean, percentile } from '../spread.ts';
import { SEEDED, type Seeded } from './seed-rows.ts';

/** Time of one query in the handler. */
export interface QueryFigure {
  readonly query: string;
  readonly calls: number;
  readonly mean_ms: number;
  readonly p95_ms: number;
  /** Rows looked at one by one, where no index has just what is asked for. */
  readonly looks?: number;
}

export interface QueryFunctions {
  readonly api: FunctionProcess;
  readonly wait: FunctionProcess;
}

interface Query {
  readonly query: string;
  readonly by: FunctionProcess;
  readonly event: () => string;
  readonly looks?: number;
}

/**
 * Times each query so often (a tenth of it where many rows are looked at), after a fifth as many calls that are
 * not counted; leaves out what looks at more rows than `maxLooks`.
 */
export async function measureQueries(
  functions: QueryFunctions,
  seeded: Seeded,
  { calls, maxLooks }: { readonly calls: number; readonly maxLooks: number },
): Promise<readonly QueryFigure[]> {
  const any = (values: readonly string[]) => values[Math.floor(Math.random() * values.length)] ?? '';
  const list = (query: string, parameters: string) => ({
    query,
    by: functions.api,
    event: () => httpEvent({ method: 'GET', path: '/tasks', query: parameters }),
  });
  const { commonTag, rareTag } = SEEDED;
  const scheduledBefore = new Date(Date.now() + 30 * 86_400_000).toISOString();
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
    list('failed tasks (50 of 100 in 100,000)', 'status=failed'),
    list('failed tasks of a lane', 'status=failed&lane=normal'),
    list('failed tasks of an agent (10)', `status=failed&agent_id=${seeded.agentIds[0]}`),
    list('a tag of every tenth', `tag=${commonTag}`),
    list('a tag of every 2,000th', `tag=${rareTag}`),
    list('a common tag and failed', `tag=${commonTag}&status=failed`),
    list('scheduled tasks (20)', 'status=scheduled'),
    list('scheduled before some time', `scheduled_before=${scheduledBefore}`),
    { ...list('a type that none has: a page that finds nothing', 'type=none'), looks: 1000 },
    {
      query: 'a dry run of a bulk change',
      by: functions.api,
      looks: 10_000,
      event: () =>
        httpEvent({
          method: 'POST',
          path: '/tasks/bulk/cancel',
          body: { filter: { tag: commonTag }, dry_run: true },
        }),
    },
  ];
  const figures: QueryFigure[] = [];
  for (const { query, by, event, looks } of (queries as readonly Query[]).filter(
    ({ looks = 0 }) => looks <= maxLooks,
  )) {
    const own = looks === undefined ? calls : Math.ceil(calls / 10);
    await time(by, Math.ceil(own / 5), event);
    const durationsMs = await time(by, own, event);
    const figure = { query, calls: own, mean_ms: mean(durationsMs), p95_ms: percentile(durationsMs, 0.95) };
    figures.push({ ...figure, ...(looks === undefined ? {} : { looks }) });
  }
  return figures;
}

async function time(by: FunctionProcess, calls: number, event: () => string): Promise<readonly number[]> {
  const { answers, durationsMs } = await by.run(Array.from({ length: calls }, event));
  const refused = answers.find((answer) => !answer.startsWith('{"statusCode":200,'));
  if (refused !== undefined) throw new Error(`a query was answered ${refused.slice(0, 500)}`);
  return durationsMs;
}
