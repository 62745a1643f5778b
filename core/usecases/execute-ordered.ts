import { type DecidedLook, outcomeOfLook } from '../claim.ts';
import { mustRunAlone } from '../order.ts';
import type { ReceivedMessage } from '../ports.ts';
import { type Claimed, claimAll, type Fates, type MessageGroup } from './claim-batch.ts';
import {
  type Batch,
  type BatchReport,
  batchOf,
  type ExecuteBatchDeps,
  finishInFlushes,
  lookAt,
  orReport,
  payloadsOf,
  runClaimed,
  takeOn,
} from './execute-batch.ts';
import type { EndedAttempt } from './finish-batch.ts';
import type { Fate } from './message-fate.ts';
import { type ChainDeps, OrderedChains } from './ordered-chains.ts';

export type ExecuteOrderedDeps = ExecuteBatchDeps & ChainDeps;

/**
 * Executes the tasks of a batch of the ordered queue: the groups side by side, each one's messages one after the
 * other, each claimed only when the task before it has ended. Where a message stays in the queue, all behind it in
 * its group go back unclaimed. The first of all groups are claimed by one call.
 */
export async function executeOrdered(
  deps: ExecuteOrderedDeps,
  messages: readonly ReceivedMessage[],
): Promise<BatchReport> {
  const chains = new OrderedChains(deps, messages);
  const finished: BatchReport['finished'][number][] = [];
  let refusedClaims = 0;
  const going: Promise<void>[] = [];
  const errors: unknown[] = [];

  const go = (work: Promise<void>) =>
    void going.push(work.catch((error: unknown) => void errors.push(error)));
  const settle: Batch['settle'] = (group, fate, attempt) => {
    if (attempt !== undefined) finished.push(attempt);
    go(goOn(group, fate));
  };
  const batch = batchOf(deps, settle);

  const goOn = async ({ message }: MessageGroup, fate: Fate): Promise<void> => {
    const next = await chains.settle(message, fate);
    if (next !== undefined) await workOn([next], false);
  };
  const workOn = async (heads: readonly ReceivedMessage[], isFirst: boolean): Promise<void> => {
    const fates: Fates = new Map();
    const groups = heads.map((message) => ({ message, all: [message] }));
    const taken = takeOn(deps, groups, fates);
    const givenBack = fates.size;
    const claimed = await claimAll(deps, taken, fates);
    refusedClaims += fates.size - givenBack;
    for (const [group, fate] of fates) settle(group, fate);
    await attemptAll(batch, chains, claimed, isFirst);
  };

  const endRemoving = chains.removeAsDone();
  go(workOn(chains.heads, true));
  // Each may add others while it is waited for.
  for (let at = 0; at < going.length; at += 1) await going[at];
  endRemoving();
  if (errors.length > 0) throw errors[0];
  return { failedMessageIds: chains.keptIds, finished, refusedClaims };
}

/**
 * Takes claimed tasks to the end of their attempts. One that must run alone does so if it is among the first of the
 * batch, once every message that was not begun has been put back; all others that would run give way, and so does one
 * that comes later.
 */
async function attemptAll(
  batch: Batch,
  chains: OrderedChains,
  claimed: readonly Claimed[],
  isFirst: boolean,
): Promise<void> {
  const payloads = payloadsOf(batch.deps, claimed);
  const looked = await Promise.all(
    claimed.map(async (one) => {
      const look = await orReport(batch, one, async () => await lookAt(batch, one));
      return look === undefined ? [] : [{ claimed: one, look }];
    }),
  );
  const attempts = looked.flat();
  const alone = attempts.find(isToRunAlone);
  if (alone !== undefined && isFirst) await chains.close();
  await finishInFlushes(
    batch,
    attempts.map(async (one): Promise<EndedAttempt | undefined> => {
      if (one.look.kind !== 'run') return { claimed: one.claimed, outcome: outcomeOfLook(one.look) };
      const givesWay = isFirst ? alone !== undefined && one !== alone : isToRunAlone(one);
      if (givesWay) return { claimed: one.claimed, outcome: { kind: 'released', reason: 'alone' } };
      return await orReport(batch, one.claimed, async () => await runClaimed(batch, one.claimed, payloads));
    }),
  );
}

function isToRunAlone({ claimed, look }: { readonly claimed: Claimed; readonly look: DecidedLook }): boolean {
  return look.kind === 'run' && mustRunAlone(claimed.row);
}
