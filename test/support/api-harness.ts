import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { LabelStore } from '../../core/labels.ts';
import { byLane, type Lane } from '../../core/lane.ts';
import type { LaneDepths } from '../../core/lane-depth.ts';
import type { LaneState } from '../../core/lane-state.ts';
import type { ObjectStore } from '../../core/object-store.ts';
import type { OutgoingMessage, ResultStore, TaskStore } from '../../core/ports.ts';
import type { ResultCache } from '../../core/result-cache.ts';
import { newTaskId } from '../../core/task-id.ts';
import { retryPolicyOf } from '../../core/task-view.ts';
import type { Probe } from '../../core/usecases/check-health.ts';
import { LaneRoom } from '../../core/usecases/lane-room.ts';
import { createHandler as createApi } from '../../functions/api/handler.ts';
import { openApiText } from '../../functions/api/open-api-text.ts';
import { createHandler as createClaims } from '../../functions/claims/handler.ts';
import { findTaskType } from '../../functions/tasks/index.ts';
import { createHandler as createWait } from '../../functions/wait/handler.ts';
import { stageConfig } from '../../lib/config.ts';
import { type ApiEventOptions, anApiEvent } from './api-event.ts';
import { NOW_MS } from './builders.ts';
import { demandDocumented } from './demand-documented.ts';
import { FixedClock } from './fixed-clock.ts';
import { InMemoryAgentTasks } from './in-memory-agent-tasks.ts';
import { InMemoryAgents } from './in-memory-agents.ts';
import { InMemoryEdgeStore } from './in-memory-edge-store.ts';
import { InMemoryLaneStates } from './in-memory-lane-states.ts';
import { InMemoryMailboxIndex } from './in-memory-mailbox-index.ts';
import { InMemoryMemory } from './in-memory-memory.ts';
import { InMemoryObjectStore } from './in-memory-object-store.ts';
import { InMemoryResultCache } from './in-memory-result-cache.ts';
import { InMemoryResultStore } from './in-memory-result-store.ts';
import { InMemoryTaskIndex } from './in-memory-task-index.ts';
import { InMemoryTaskStore } from './in-memory-task-store.ts';

export interface HarnessOptions {
  readonly shards?: number;
  readonly probes?: readonly Probe[];
  /** Stands between the functions and the tasks. */
  readonly tasks?: (store: InMemoryTaskStore) => TaskStore & Pick<InMemoryTaskStore, 'peek'>;
  readonly results?: (store: InMemoryResultStore) => ResultStore;
  readonly objects?: (store: InMemoryObjectStore) => ObjectStore;
  readonly cache?: (cache: InMemoryResultCache) => ResultCache;
  readonly labels?: (store: LabelStore) => LabelStore;
  readonly sendExpress?: (message: OutgoingMessage) => boolean;
  readonly announce?: () => Promise<void>;
  /** Messages that may wait on each lane. @default as many as come */
  readonly maxPending?: Partial<Record<Lane, number>>;
  /** Messages that wait on a lane. @default none */
  readonly pending?: (lane: Lane) => number;
  readonly applyLaneStates?: () => Promise<void>;
}

export interface LogLine {
  readonly level: 'info' | 'error';
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What a request was answered. */
export interface TestAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  // Tests look into it without proving each step.
  // biome-ignore lint/suspicious/noExplicitAny: JSON of any answer
  readonly body: any;
}

/** The api, wait and claims functions on stores in memory; every answer must be as it is documented. */
export function anApi(options: HarnessOptions = {}) {
  const tasks = new InMemoryTaskStore();
  const results = new InMemoryResultStore();
  const objects = new InMemoryObjectStore();
  const cache = new InMemoryResultCache();
  const index = new InMemoryTaskIndex(tasks.rows);
  const agents = new InMemoryAgents();
  const agentTasks = new InMemoryAgentTasks(tasks.rows);
  const memory = new InMemoryMemory();
  const edges = new InMemoryEdgeStore();
  const clock = new FixedClock(NOW_MS);
  const sent: OutgoingMessage[] = [];
  const log: LogLine[] = [];
  const cursorKeys = { keys: ['key-1'], fresh: undefined as readonly string[] | undefined };
  const laneStates = new InMemoryLaneStates();
  const switches: (readonly LaneState[])[] = [];
  const depthReads: Lane[] = [];
  const maxPending = byLane((lane) => options.maxPending?.[lane] ?? null);
  const depths: LaneDepths = {
    of: async (lane) => {
      depthReads.push(lane);
      return { pending: options.pending?.(lane) ?? 0, in_flight: 1, delayed: 2 };
    },
  };
  let serial = 0;

  const common = {
    claims: { tenantClaim: 'client_id', groupsClaim: 'cognito:groups' },
    tasks: options.tasks?.(tasks) ?? tasks,
    results: options.results?.(results) ?? results,
    objects: options.objects?.(objects) ?? objects,
    clock,
    findTaskType,
    log: {
      info: (message: string, fields: Record<string, unknown>) =>
        void log.push({ level: 'info', message, fields }),
      error: (message: string, fields: Record<string, unknown>) =>
        void log.push({ level: 'error', message, fields }),
    },
  };
  const api = createApi({
    ...common,
    cache: options.cache?.(cache) ?? cache,
    retentionSeconds: 3600,
    random: () => 0,
    retryPolicyOf: (row) => retryPolicyOf(row, findTaskType(row.type) ?? {}),
    hours: {
      announce: async (hour, shards) => {
        await options.announce?.();
        await index.announce(hour, shards);
      },
    },
    labels: options.labels?.(index) ?? index,
    edges,
    expiredRows: index,
    lanes: {
      send: async (messages) => {
        sent.push(...messages);
        return messages.map((message) => options.sendExpress?.(message) ?? true);
      },
    },
    index,
    cursorKeys: {
      read: async (how) => {
        if (how?.fresh && cursorKeys.fresh !== undefined) cursorKeys.keys = [...cursorKeys.fresh];
        return cursorKeys.keys;
      },
    },
    newUploadId: () => {
      serial += 1;
      return `upload-${serial}`;
    },
    newTaskId: () => {
      serial += 1;
      return newTaskId(clock.nowMs(), new Uint8Array(16).fill(serial % 256).fill(serial >> 8, 12));
    },
    agents,
    agentTasks,
    countedTasks: agentTasks,
    memory,
    newWriteId: () => crypto.randomUUID(),
    shards: options.shards ?? 4,
    pools: stageConfig('local').pools,
    laneRoom: new LaneRoom({
      depths,
      maxPending,
      clock,
      onTrouble: (message, fields) => void log.push({ level: 'error', message, fields }),
    }),
    laneOperations: {
      states: laneStates,
      depths,
      applyStates: async () => {
        switches.push([...laneStates.states.values()]);
        await options.applyLaneStates?.();
      },
      maxConcurrency: byLane(() => 4),
      maxPending,
    },
    probes: options.probes ?? [],
    openApi: openApiText,
  });
  const wait = createWait(common);
  const claims = createClaims({
    ...common,
    agents,
    mailboxes: new InMemoryMailboxIndex(tasks.rows),
    newLeaseToken: () => crypto.randomUUID(),
    random: () => 0,
    retryPolicyOf: (row) => retryPolicyOf(row, {}),
    retentionSeconds: 3600,
  });

  const handle = async (event: APIGatewayProxyEventV2): Promise<TestAnswer> => {
    const isWaiting =
      event.requestContext.http.method === 'GET' &&
      /^\/api\/v1\/tasks\/[^/]+(\/result)?$/.test(event.rawPath);
    const isClaim = /\/agents\/[^/]+\/claims$/.test(event.rawPath);
    const answer = await (isClaim ? claims : isWaiting ? wait : api)(event);
    demandDocumented(event, answer);
    const { statusCode = 0, headers = {}, body = '' } = answer;
    return {
      status: statusCode,
      headers: headers as Record<string, string>,
      body: body === '' ? undefined : JSON.parse(body),
    };
  };

  return {
    tasks,
    results,
    objects,
    cache,
    index,
    agents,
    agentTasks,
    memory,
    edges,
    clock,
    sent,
    log,
    cursorKeys,
    laneStates,
    switches,
    depthReads,
    handle,
    call: (path: string, more: Omit<ApiEventOptions, 'path'> = {}) => handle(anApiEvent({ path, ...more })),
    post: (path: string, body: unknown, more: Omit<ApiEventOptions, 'path' | 'body'> = {}) =>
      handle(anApiEvent({ path, method: 'POST', body, ...more })),
  };
}
