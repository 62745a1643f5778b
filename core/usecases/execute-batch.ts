import type { AttemptResult } from '../attempt-result.ts';
import { claimWrite, lookAtClaim, mayStart, outcomeOfLook } from '../claim.ts';
import { type AttemptOutcome, finishWrite } from '../finish.ts';
import { payloadIdOf } from '../payload-id.ts';
import type { Clock, MessageHolder, ReceivedMessage, ResultStore, TaskStore } from '../ports.ts';
import type { RetryPolicy } from '../retry.ts';
import type { RowWrite } from '../row-write.ts';
import type { TaskRow } from '../task-row.ts';
import { inFlushes } from './in-flushes.ts';
import { confirmedOnly, FATE_REPORT, type Fate, fateOfFinish, judgeClaim } from './message-fate.ts';

/** What one run of a handler left: what is stored, and what it means for the task. */
export interface AttemptRun {
  readonly result: AttemptResult;
  readonly outcome: AttemptOutcome;
}

export interface ExecuteBatchDeps {
  readonly tasks: TaskStore;
  readonly results: ResultStore;
  readonly messages: MessageHolder;
  readonly clock: Clock;
  /** A number from [0, 1). */
  readonly random: () => number;
  readonly newLeaseId: () => string;
  /** Runs the handler of a claimed row; never throws. `payloadText` is undefined when the payload is lost. */
  readonly run: (row: TaskRow, payloadText: string | undefined) => Promise<AttemptRun>;
  readonly retryPolicyOf: (row: TaskRow) => RetryPolicy;
  readonly leaseMs: number;
  readonly retentionSeconds: number;
  /** Told when a claimed task could not be begun. */
  readonly onTrouble: (row: TaskRow, error: unknown) => void;
}

/** What a batch came to, for its one log line and its metrics. */
export interface BatchReport {
  /** Ids of the messages that are not to be deleted. */
  readonly failedMessageIds: readonly string[];
  readonly finished: readonly { readonly row: TaskRow; readonly outcome: AttemptOutcome }[];
  readonly refusedClaims: number;
}

/** Several messages of one task share one claim and one fate. */
interface Group {
  readonly message: ReceivedMessage;
  readonly all: readonly ReceivedMessage[];
}

interface Claimed {
  readonly group: Group;
  readonly row: TaskRow;
  readonly claimSentAtMs: number;
}

/** An attempt that is over: its result is to be stored if it ran, and its finish to be written. */
interface Ended {
  readonly claimed: Claimed;
  readonly outcome: AttemptOutcome;
  readonly result?: AttemptResult;
}

/** Milliseconds after which a finished attempt no longer waits for slower ones of its batch. */
const FLUSH_AFTER_MS = 50;
/** Statements of one BatchExecuteStatement and puts of one BatchWriteItem. */
const FLUSH_SIZE = 25;

/**
 * Executes the tasks of a batch of lane messages: claim, look, run, store the results, finish. Whatever dies
 * in between leaves rows whose lease ends and messages that come again.
 */
export async function executeBatch(
  deps: ExecuteBatchDeps,
  messages: readonly ReceivedMessage[],
): Promise<BatchReport> {
  const fates = new Map<Group, Fate>();
  const finished: BatchReport['finished'][number][] = [];

  const claimed = await claimAll(deps, groupByTask(messages), fates);
  const refusedClaims = fates.size;
  const payloads = payloadsOf(deps, claimed);
  const attempts = claimed.map((one) => attemptOrReport(deps, one, payloads, fates));

  await inFlushes(
    attempts,
    { size: FLUSH_SIZE, afterMs: FLUSH_AFTER_MS, wait: deps.clock.wait },
    async (batch) => {
      const ended = batch.filter((one) => one !== undefined);
      for (const { one, fate } of await finishAll(deps, ended)) {
        fates.set(one.claimed.group, fate);
        if (fate.kind === 'acknowledge') finished.push({ row: one.claimed.row, outcome: one.outcome });
      }
    },
  );

  await putBack(deps, fates);
  const kept = [...fates].filter(([, fate]) => fate.kind !== 'acknowledge');
  return {
    failedMessageIds: kept.flatMap(([group]) => group.all.map((message) => message.messageId)),
    finished,
    refusedClaims,
  };
}

/**
 * One claim a row, with the highest generation among its messages: with a lower one the claim would be
 * refused as old, and the message that the task lives on acknowledged along with it.
 */
export function groupByTask(messages: readonly ReceivedMessage[]): Group[] {
  const byTask = new Map<string, ReceivedMessage[]>();
  for (const message of messages) {
    const same = byTask.get(message.task_id);
    if (same === undefined) byTask.set(message.task_id, [message]);
    else same.push(message);
  }
  return [...byTask.values()].map((all) => ({
    all,
    message: all.reduce((best, next) => (next.generation > best.generation ? next : best)),
  }));
}

async function claimAll(
  deps: ExecuteBatchDeps,
  groups: readonly Group[],
  fates: Map<Group, Fate>,
): Promise<Claimed[]> {
  const leaseId = deps.newLeaseId();
  const claimSentAtMs = deps.clock.monotonicMs();
  const terms = { nowMs: deps.clock.nowMs(), leaseMs: deps.leaseMs, leaseId };
  const outcomes = await deps.tasks.write(groups.map((group) => claimWrite(group.message, terms)));

  return groups.flatMap((group, index) => {
    const verdict = judgeClaim(outcomes[index], group.message, leaseId, deps.clock.nowMs());
    if (verdict.kind === 'claimed') return [{ group, row: verdict.row, claimSentAtMs }];
    fates.set(group, verdict.fate);
    return [];
  });
}

async function payloadsOf(
  deps: ExecuteBatchDeps,
  claimed: readonly Claimed[],
): Promise<ReadonlyMap<string, string>> {
  const stored = claimed.filter(({ row }) => row.payload_stored).map(({ row }) => payloadIdOf(row));
  return stored.length === 0 ? new Map() : await deps.results.payloadsOf(stored);
}

/** An attempt that the stores would not let begin is left to its lease and its message. */
async function attemptOrReport(
  deps: ExecuteBatchDeps,
  claimed: Claimed,
  payloads: Promise<ReadonlyMap<string, string>>,
  fates: Map<Group, Fate>,
): Promise<Ended | undefined> {
  try {
    return await attempt(deps, claimed, payloads, fates);
  } catch (error) {
    deps.onTrouble(claimed.row, error);
    fates.set(claimed.group, FATE_REPORT);
    return undefined;
  }
}

/** Takes one claimed task to the end of its attempt; undefined where it did not get that far. */
async function attempt(
  deps: ExecuteBatchDeps,
  claimed: Claimed,
  payloads: Promise<ReadonlyMap<string, string>>,
  fates: Map<Group, Fate>,
): Promise<Ended | undefined> {
  const { row, group } = claimed;
  const first = lookAtClaim(row);
  const look =
    first.kind === 'read_results' ? lookAtClaim(row, await deps.results.ofTask(row.task_id)) : first;
  if (look.kind !== 'run') return { claimed, outcome: outcomeOfLook(look) };

  const payload = row.payload ?? (await payloads).get(payloadIdOf(row));
  if (!mayStart(claimed.claimSentAtMs, deps.clock.monotonicMs(), deps.leaseMs)) {
    fates.set(group, FATE_REPORT);
    return undefined;
  }
  const run = await deps.run(row, payload);
  return { claimed, outcome: run.outcome, result: run.result };
}

/** Stores the results, then finishes the tasks whose results are confirmed. */
async function finishAll(
  deps: ExecuteBatchDeps,
  ended: readonly Ended[],
): Promise<readonly { readonly one: Ended; readonly fate: Fate }[]> {
  const withResult = ended.flatMap(({ result }) => (result === undefined ? [] : [result]));
  const stored = withResult.length === 0 ? [] : await deps.results.put(withResult);
  const finishing = confirmedOnly(ended, stored);
  const outcomes =
    finishing.length === 0 ? [] : await deps.tasks.write(finishing.map((one) => finishOf(deps, one)));
  const fates = new Map(
    finishing.map((one, index) => [one, fateOfFinish(outcomes[index], one.claimed.row.generation)]),
  );
  return ended.map((one) => ({ one, fate: fates.get(one) ?? FATE_REPORT }));
}

function finishOf(deps: ExecuteBatchDeps, { claimed, outcome }: Ended): RowWrite {
  return finishWrite(claimed.row, outcome, {
    nowMs: deps.clock.nowMs(),
    random: deps.random(),
    policy: deps.retryPolicyOf(claimed.row),
    retentionSeconds: deps.retentionSeconds,
  });
}

async function putBack(deps: ExecuteBatchDeps, fates: ReadonlyMap<Group, Fate>): Promise<void> {
  const back = [...fates].flatMap(([group, fate]) =>
    fate.kind === 'put_back'
      ? group.all.map(({ receiptHandle }) => ({ receiptHandle, delaySeconds: fate.delaySeconds }))
      : [],
  );
  if (back.length > 0) await deps.messages.putBack(back);
}
