import type { LaneMessage, Look } from '../../../core/claim.ts';
import type { ReceivedMessage } from '../../../core/ports.ts';
import type { WriteOutcome } from '../../../core/row-write.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import { breachesOfClaim, breachesOfLook, ofThisLife } from '../properties.ts';
import {
  leaseIdOf,
  NOW_MS,
  type Part,
  type State,
  type StoredBefore,
  spend,
  TICK_MS,
  taskAt,
  withPart,
  withTask,
} from '../state.ts';
import { leaseMsOf, type World, type Written, writeRow } from '../world.ts';
import { decided, unanswered } from './invocation.ts';
import type { Turn } from './turn.ts';

/** The claim, its answer, and what may become of either. */
export function claimSteps(turn: Turn, { generation }: Part & { phase: 'received' }): void {
  const { state, slot, task, who, emit } = turn;
  const message = messageOf(turn, generation);
  const before = storedBefore(state, task);
  const written = claim(turn, message, NOW_MS);
  const { outcome, breaches } = written;
  judgedStep(turn, `claims: ${toldOf(outcome)}`, written, { message, claimAge: 0, before });
  if (state.budget.lostAnswers === 0) return;

  const lost = { kind: 'unconfirmed', reason: 'no answer' } as const;
  const waiting = (claimableThen: boolean) =>
    ({ phase: 'claim_unanswered', generation, claimAge: 0, claimableThen }) as const;
  const isClaimable = taskAt(state, task).row.claimable_at <= NOW_MS;
  emit(
    `${who} claims, which does not arrive`,
    spend(withPart(state, slot, task, waiting(isClaimable)), 'lostAnswers'),
    { fault: true },
  );
  const never = { outcome: lost, breaches: [], state: unanswered(state, slot) };
  judgedStep(turn, 'claims, which never arrives', never, { message, claimAge: 0, before }, true);
  if (outcome.kind !== 'applied') return;
  emit(
    `${who} claims: ${toldOf(outcome)}; the answer is lost`,
    spend(withPart(written.state, slot, task, waiting(false)), 'lostAnswers'),
    { fault: true, breaches },
  );
  const forGood = { ...written, outcome: lost, state: unanswered(written.state, slot) };
  const told = `claims: ${toldOf(outcome)}; every answer is lost`;
  judgedStep(turn, told, forGood, { message, claimAge: 0, before }, true);
}

/** The SDK sends the same claim again: with the time and the lease of the first. */
export function claimAgainSteps(turn: Turn, part: Part & { phase: 'claim_unanswered' }): void {
  const { state, task } = turn;
  const { claimAge } = part;
  const message = messageOf(turn, part.generation);
  const sentAtMs = NOW_MS - claimAge * TICK_MS;
  const { claimable_at } = taskAt(state, task).row;
  const written = claim(turn, message, part.claimableThen ? sentAtMs : Math.min(sentAtMs, claimable_at - 1));
  const before = storedBefore(state, task);
  judgedStep(turn, `claims again: ${toldOf(written.outcome)}`, written, { message, claimAge, before });
}

/** What an attempt does after a look. */
export function decidedByLook(
  world: World,
  look: Look,
  part: Part & { phase: 'looking' | 'starting' },
): Part {
  const { row } = part;
  switch (look.kind) {
    case 'read_results':
      return { ...part, phase: 'looking' };
    case 'run':
      return { ...part, phase: 'starting' };
    default:
      return { phase: 'finishing', row, outcome: world.rules.outcomeOfLook(look) };
  }
}

function claim({ world, state, slot, task }: Turn, message: LaneMessage, nowMs: number): Written {
  const terms = { nowMs, leaseMs: leaseMsOf(world), leaseId: leaseIdOf(slot) };
  const found = writeRow(world, state, task, world.rules.claimWrite(message, terms), slot);
  const written = { ...found, breaches: [...found.breaches, ...breachesOfClaim(found.outcome, message)] };
  const { row } = taskAt(written.state, task);
  const isOver = written.outcome.kind === 'applied' && row.claimable_at <= NOW_MS && row.claimable_at !== 0;
  // A lease that was over before it was written: its executor has stalled, and nothing but that matters.
  const late = { row: { ...row, claimable_at: 0 }, struck: true };
  return isOver ? { ...written, state: withTask(written.state, task, late) } : written;
}

interface Asked {
  readonly message: ReceivedMessage;
  readonly claimAge: number;
  readonly before: StoredBefore;
}

/** The step to what the answer to a claim makes of the part: a look at the claimed row, or a fate. */
function judgedStep(
  { world, slot, task, who, emit }: Turn,
  told: string,
  { state, outcome, breaches }: Written,
  { message, claimAge, before }: Asked,
  fault = false,
): void {
  const verdict = world.rules.judgeClaim(outcome, message, leaseIdOf(slot), NOW_MS);
  if (verdict.kind === 'not_claimed') {
    const next = decided(state, slot, task, { phase: 'done', fate: verdict.fate });
    emit(`${who} ${told}`, next, { fault, breaches });
    return;
  }
  const row = asClaimed(verdict.row);
  const look = world.rules.lookAtClaim(row, NOW_MS);
  const part = decidedByLook(world, look, {
    phase: 'looking',
    row,
    claimAge,
    before,
    restarted: false,
  });
  emit(`${who} ${told}`, withPart(state, slot, task, part), {
    fault,
    breaches: [...breaches, ...breachesOfLook(look, row, taskAt(state, task))],
  });
}

/** The claimed row as its attempt keeps it: nobody reads from it when its lease ends, or whose it is. */
function asClaimed(row: TaskRow): TaskRow {
  const { lease_id: _leaseId, ...kept } = row;
  return { ...kept, claimable_at: 0, history: [] };
}

function storedBefore(state: State, task: number): StoredBefore {
  const { results, row } = taskAt(state, task);
  const own = ofThisLife(results, row);
  return {
    success: own.some(({ succeeded }) => succeeded),
    uncountedError: own.some(({ succeeded, attempt }) => !succeeded && attempt > (row.counted ?? 0)),
  };
}

function messageOf({ state, slot, task }: Turn, generation: number): ReceivedMessage {
  const held = state.messages.find(
    (message) => message.task === task && message.holder === slot && message.generation === generation,
  );
  const { task_id } = taskAt(state, task).row;
  return {
    task_id,
    generation,
    messageId: 'message',
    receiptHandle: 'handle',
    receives: Math.max(held?.receives ?? 1, 1),
  };
}

function toldOf(outcome: WriteOutcome): string {
  if (outcome.kind === 'applied') return `attempt ${outcome.row?.attempt}`;
  const row = outcome.kind === 'refused' ? outcome.row : undefined;
  return row === undefined
    ? 'no answer'
    : `refused (${row.status}, generation ${row.generation}, attempt ${row.attempt})`;
}
