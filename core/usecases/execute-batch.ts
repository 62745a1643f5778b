import type { AttemptResult } from '../attempt-result.ts';
import type { ByteRoom } from '../byte-room.ts';
import { type DecidedLook, lookAtClaim, mayStart, outcomeOfLook } from '../claim.ts';
import { type AttemptOutcome, outcomeAsStored } from '../finish.ts';
import { payloadKeyOf } from '../object-keys.ts';
import type { ObjectStore } from '../object-store.ts';
import { payloadIdOf } from '../payload-id.ts';
import type { MessageHolder, ReceivedMessage, ResultStore, TaskStore } from '../ports.ts';
import type { CacheEntry } from '../result-cache.ts';
import type { TaskRow } from '../task-row.ts';
import {
  type ClaimDeps,
  type Claimed,
  claimAll,
  type Fates,
  groupByTask,
  type MessageGroup,
} from './claim-batch.ts';
import { type EndedAttempt, type FinishDeps, finishAll } from './finish-batch.ts';
import { MemoryGuard } from './guard-memory.ts';
import { inFlushes } from './in-flushes.ts';
import { keepOutput } from './keep-output.ts';
import { FATE_REPORT, type Fate, fateOfLostLease, retryLaterSeconds } from './message-fate.ts';
import { AttemptWatch, type WatchDeps } from './watch-attempts.ts';

/** What one run of a handler left: what is stored, and what it means for the task. */
export interface AttemptRun {
  /** Absent where nothing is to be stored: the task was cancelled. */
  readonly result?: AttemptResult;
  readonly outcome: AttemptOutcome;
  /** Tells equal tasks of the result; put once that is stored. */
  readonly cacheEntry?: CacheEntry;
}

export interface ExecuteBatchDeps extends ClaimDeps, FinishDeps, Pick<WatchDeps, 'every'> {
  readonly tasks: TaskStore;
  readonly results: ResultStore;
  readonly objects: Pick<ObjectStore, 'read' | 'put'>;
  /** For payloads that are objects: they are read one by one, as there is room for them. */
  readonly room: ByteRoom;
  readonly messages: MessageHolder;
  /**
   * Runs the handler of a claimed row; never throws. `payloadText` is undefined when the payload is lost. `stop`
   * aborts with a StopReason; undefined is left by an attempt whose lease was lost.
   */
  readonly run: (
    row: TaskRow,
    payloadText: string | undefined,
    stop: AbortSignal,
  ) => Promise<AttemptRun | undefined>;
  /** Whether the process uses so much of its memory that it should take on nothing more. @default never */
  readonly isMemoryHigh?: () => boolean;
  /** The pool for tasks that crashed while memory was high here. @default none: this is the largest */
  readonly largerPool?: string;
  /**
   * Seconds for which received messages stay hidden from now on, where their queue hides them for much longer: a
   * killed executor costs its tasks no more. @default as the queue says
   */
  readonly hideSeconds?: number;
  /** Told when a claimed task could not be begun, or not be looked after. */
  readonly onTrouble: (row: Pick<TaskRow, 'task_id' | 'attempt'> | undefined, error: unknown) => void;
}

/** What a batch came to, for its one log line and its metrics. */
export interface BatchReport {
  /** Ids of the messages that are not to be deleted. */
  readonly failedMessageIds: readonly string[];
  readonly finished: readonly { readonly row: TaskRow; readonly outcome: AttemptOutcome }[];
  readonly refusedClaims: number;
}

/** Milliseconds after which a finished attempt no longer waits for slower ones of its batch. */
const FLUSH_AFTER_MS = 50;
/** Statements of one BatchExecuteStatement and puts of one BatchWriteItem. */
const FLUSH_SIZE = 25;

/** What the attempts of one batch share. */
export interface Batch {
  readonly deps: ExecuteBatchDeps;
  readonly watch: AttemptWatch;
  readonly guard: MemoryGuard;
  /** Told what becomes of a group of messages, once each, as soon as it is known. */
  readonly settle: (group: MessageGroup, fate: Fate, finished?: FinishedAttempt) => void;
}

/** An attempt that has ended its task, or left it waiting in its place. */
export type FinishedAttempt = BatchReport['finished'][number];

/**
 * Executes the tasks of a batch of lane messages: claim, look, run, store the results, finish. Whatever dies
 * in between leaves rows whose lease ends and messages that come again.
 */
export async function executeBatch(
  deps: ExecuteBatchDeps,
  messages: readonly ReceivedMessage[],
): Promise<BatchReport> {
  const fates: Fates = new Map();
  const finished: FinishedAttempt[] = [];

  const taken = takeOn(deps, groupByTask(messages), fates);
  const givenBack = fates.size;
  const [claimed] = await Promise.all([claimAll(deps, taken, fates), hide(deps, taken)]);
  const refusedClaims = fates.size - givenBack;
  const settle: Batch['settle'] = (group, fate, attempt) => {
    fates.set(group, fate);
    if (attempt !== undefined) finished.push(attempt);
  };
  const batch = batchOf(deps, settle);
  const payloads = payloadsOf(deps, claimed);
  await finishInFlushes(
    batch,
    claimed.map((one) => orReport(batch, one, async () => await attempt(batch, one, payloads))),
  );

  await putBackAll(deps, fates);
  const kept = [...fates].filter(([, fate]) => fate.kind !== 'acknowledge');
  return {
    failedMessageIds: kept.flatMap(([group]) => group.all.map((message) => message.messageId)),
    finished,
    refusedClaims,
  };
}

/**
 * What is taken on of a batch: all of it; where memory is high already, one task, so that something goes on even in a
 * process that never lets go of its memory. The others go back before they are claimed, and cost no write.
 */
export function takeOn(
  deps: ExecuteBatchDeps,
  groups: readonly MessageGroup[],
  fates: Fates,
): readonly MessageGroup[] {
  if (groups.length < 2 || !deps.isMemoryHigh?.()) return groups;
  const [first, ...others] = groups;
  for (const group of others) {
    const delaySeconds = retryLaterSeconds(group.message.receives);
    fates.set(group, { kind: 'put_back', delaySeconds });
  }
  return first === undefined ? [] : [first];
}

/** Beside the claim, so that it costs no time; nothing is put back before it is answered. */
async function hide(deps: ExecuteBatchDeps, groups: readonly MessageGroup[]): Promise<void> {
  const { hideSeconds: delaySeconds } = deps;
  if (delaySeconds === undefined) return;
  const received = groups.flatMap((group) => group.all);
  await deps.messages.putBack(received.map(({ receiptHandle }) => ({ receiptHandle, delaySeconds })));
}

/** What the attempts of a batch share: its leases and its memory are looked after. */
export function batchOf(deps: ExecuteBatchDeps, settle: Batch['settle']): Batch {
  const onBlindLook = (error: unknown) => deps.onTrouble(undefined, error);
  const watch = new AttemptWatch({ ...deps, onBlindLook });
  return { deps, watch, guard: new MemoryGuard({ ...deps, onBlindLook }), settle };
}

/** Stores and finishes attempts as they end, and settles their messages. */
export async function finishInFlushes(
  { deps, settle }: Batch,
  attempts: readonly Promise<EndedAttempt | undefined>[],
): Promise<void> {
  await inFlushes(
    attempts,
    { size: FLUSH_SIZE, afterMs: FLUSH_AFTER_MS, wait: deps.clock.wait },
    async (flushed) => {
      const over = flushed.filter((one) => one !== undefined);
      for (const { ended, fate, isFinished } of await finishAll(deps, over)) {
        const { claimed, outcome } = ended;
        settle(claimed.group, fate, isFinished ? { row: claimed.row, outcome } : undefined);
      }
    },
  );
}

export async function payloadsOf(
  deps: ExecuteBatchDeps,
  claimed: readonly Claimed[],
): Promise<ReadonlyMap<string, string>> {
  const stored = claimed.filter(({ row }) => row.payload_stored).map(({ row }) => payloadIdOf(row));
  return stored.length === 0 ? new Map() : await deps.results.payloadsOf(stored);
}

/** What is done with an attempt; what the stores would not let begin is left to its lease and its message. */
export async function orReport<T>(
  { deps, settle }: Batch,
  claimed: Claimed,
  act: () => Promise<T | undefined>,
): Promise<T | undefined> {
  try {
    const done = await act();
    if (done === undefined) settle(claimed.group, fateOfLostLease(claimed.row));
    return done;
  } catch (error) {
    deps.onTrouble(claimed.row, error);
    settle(claimed.group, FATE_REPORT);
    return undefined;
  }
}

/** Takes one claimed task to the end of its attempt; undefined where its lease was over before. */
async function attempt(
  batch: Batch,
  claimed: Claimed,
  payloads: Promise<ReadonlyMap<string, string>>,
): Promise<EndedAttempt | undefined> {
  const look = await lookAt(batch, claimed);
  if (look.kind !== 'run') return { claimed, outcome: outcomeOfLook(look) };
  return await runClaimed(batch, claimed, payloads);
}

/** Looks at a claimed row, and at its results where an attempt has crashed. */
export async function lookAt({ deps }: Batch, { row }: Claimed): Promise<DecidedLook> {
  const look = lookAtClaim(row, deps.clock.nowMs(), undefined, deps.largerPool);
  if (look.kind !== 'read_results') return look;
  const results = await deps.results.ofTask(row.task_id);
  return lookAtClaim(row, deps.clock.nowMs(), results, deps.largerPool);
}

/** Runs the handler of a claimed task; undefined where its lease is over before its end. */
export async function runClaimed(
  batch: Batch,
  claimed: Claimed,
  payloads: Promise<ReadonlyMap<string, string>>,
): Promise<EndedAttempt | undefined> {
  const { deps } = batch;
  const { row } = claimed;
  if (row.payload_bytes === undefined)
    return await runLeased(batch, claimed, row.payload ?? (await payloads).get(payloadIdOf(row)));
  const leave = await deps.room.take(row.payload_bytes);
  try {
    if (!hasLease(deps, claimed)) return undefined;
    return await runLeased(batch, claimed, await deps.objects.read(payloadKeyOf(row)));
  } finally {
    leave();
  }
}

/** Runs a claimed task while its lease lives, and puts away an output that is too large for its result. */
async function runLeased(
  { deps, watch, guard }: Batch,
  claimed: Claimed,
  payload: string | undefined,
): Promise<EndedAttempt | undefined> {
  if (!hasLease(deps, claimed)) return undefined;
  if (guard.isFull()) {
    void guard.look();
    return { claimed, outcome: { kind: 'released', reason: 'memory' } };
  }
  const { row, group, claimSentAtMs } = claimed;
  const watched = { row, messages: group.all, claimSentAtMs };
  const run = async (stop: AbortSignal): Promise<EndedAttempt | undefined> => {
    const ran = await deps.run(row, payload, stop);
    if (ran?.result === undefined) return ran === undefined ? undefined : { claimed, ...ran };
    const result = await keepOutput(deps.objects, row, ran.result);
    const outcome = outcomeAsStored(ran.outcome, result);
    // The cache names results that hold their output themselves.
    const { cacheEntry, ...kept } = ran;
    const entry = cacheEntry === undefined || result.output === undefined ? {} : { cacheEntry };
    return { claimed, ...kept, ...entry, outcome, result };
  };
  return await guard.during(row, () => watch.during(watched, run));
}

function hasLease(deps: ExecuteBatchDeps, { claimSentAtMs }: Claimed): boolean {
  return mayStart(claimSentAtMs, deps.clock.monotonicMs(), deps.leaseMs);
}

/** Puts back the messages whose fate it is. */
export async function putBackAll(deps: { readonly messages: MessageHolder }, fates: Fates): Promise<void> {
  const back = [...fates].flatMap(([group, fate]: [MessageGroup, Fate]) =>
    fate.kind === 'put_back'
      ? group.all.map(({ receiptHandle }) => ({ receiptHandle, delaySeconds: fate.delaySeconds }))
      : [],
  );
  if (back.length > 0) await deps.messages.putBack(back);
}
