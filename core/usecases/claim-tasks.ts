import { agentClaimWrite } from '../agents/agent-claim.ts';
import { agentMailbox, capabilityMailbox } from '../agents/mailbox.ts';
import type { MailboxIndex } from '../agents/mailbox-index.ts';
import { lookAtClaim, outcomeOfLook } from '../claim.ts';
import { finishWrite } from '../finish.ts';
import type { Clock, ResultStore, TaskStore } from '../ports.ts';
import type { RetryPolicy } from '../retry.ts';
import type { WriteOutcome } from '../row-write.ts';
import type { TaskRow } from '../task-row.ts';
import { ClaimCandidates } from './claim-candidates.ts';

export interface ClaimTasksDeps {
  readonly tasks: Pick<TaskStore, 'readAll' | 'write'>;
  readonly results: Pick<ResultStore, 'ofTask'>;
  readonly mailboxes: MailboxIndex;
  readonly clock: Clock;
  readonly random: () => number;
  readonly newLeaseToken: () => string;
  readonly retryPolicyOf: (row: TaskRow) => RetryPolicy;
  readonly retentionSeconds: number;
}

export interface ClaimTasksCall {
  readonly agentId: string;
  readonly capabilities: readonly string[];
  readonly maxTasks: number;
  readonly leaseSeconds: number;
}

/**
 * Claims tasks for an agent, strictly by priority, then age, out of its own mailbox and those of its capabilities;
 * fewer than asked only where no more can be claimed. Of several claimers each task goes to one.
 */
export async function claimTasks(deps: ClaimTasksDeps, call: ClaimTasksCall): Promise<readonly TaskRow[]> {
  const boxes = [agentMailbox(call.agentId), ...call.capabilities.map(capabilityMailbox)];
  const candidates = new ClaimCandidates(deps.mailboxes, boxes, deps.clock.nowMs());
  const claimed: TaskRow[] = [];
  while (claimed.length < call.maxTasks) {
    const entries = await candidates.next(call.maxTasks - claimed.length);
    if (entries.length === 0) break;
    claimed.push(
      ...(await claimEach(
        deps,
        call,
        entries.map(({ taskId }) => taskId),
      )),
    );
  }
  return claimed;
}

async function claimEach(
  deps: ClaimTasksDeps,
  call: ClaimTasksCall,
  taskIds: readonly string[],
): Promise<readonly TaskRow[]> {
  const rows = await deps.tasks.readAll(taskIds);
  const nowMs = deps.clock.nowMs();
  const { agentId, leaseSeconds } = call;
  const leaseToken = deps.newLeaseToken();
  const terms = { nowMs, leaseSeconds, leaseToken, agentId };
  const writes = taskIds.flatMap((id) => {
    const row = rows.get(id);
    return row === undefined ? [] : (agentClaimWrite(row, terms) ?? []);
  });
  const outcomes = writes.length === 0 ? [] : await deps.tasks.write(writes);
  const taken = outcomes.flatMap((outcome) => rowOf(outcome, leaseToken) ?? []);
  const looked = await Promise.all(taken.map((row) => look(deps, row)));
  return taken.filter((_, index) => looked[index]);
}

/** The claimed row; also where the answer to the own claim was lost. */
function rowOf(outcome: WriteOutcome, leaseToken: string): TaskRow | undefined {
  if (outcome.kind === 'applied') return outcome.row;
  if (outcome.kind !== 'refused') return undefined;
  const isMine = outcome.row?.status === 'processing' && outcome.row.lease_id === leaseToken;
  return isMine ? outcome.row : undefined;
}

/** Whether the claimed task is to be worked on; any other end of the look is written at once. */
async function look(deps: ClaimTasksDeps, row: TaskRow): Promise<boolean> {
  const nowMs = deps.clock.nowMs();
  const first = lookAtClaim(row, nowMs);
  const decided =
    first.kind === 'read_results' ? lookAtClaim(row, nowMs, await deps.results.ofTask(row.task_id)) : first;
  if (decided.kind === 'run') return true;
  const policy = deps.retryPolicyOf(row);
  const terms = { nowMs, random: deps.random(), policy, retentionSeconds: deps.retentionSeconds };
  const [outcome] = await deps.tasks.write([finishWrite(row, outcomeOfLook(decided), terms)]);
  if (outcome?.kind === 'refused' && outcome.row?.cancel_requested)
    await deps.tasks.write([finishWrite(row, { kind: 'cancelled' }, terms)]);
  return false;
}
