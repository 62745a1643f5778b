import { agentNotFound, notYourAgent } from '../agents/agent-errors.ts';
import type { AgentDirectory } from '../agents/agent-ports.ts';
import { type AgentCaller, type AgentPresence, type KnownAgent, mayActFor } from '../agents/agent-row.ts';
import {
  type ClaimsAnswer,
  claimSchema,
  completionSchema,
  type HeartbeatAnswer,
  heartbeatSchema,
  reportedFailureSchema,
} from '../contract/claim-schemas.ts';
import { checkInput } from '../contract/input-errors.ts';
import { LIMITS } from '../contract/limits.ts';
import { validationFailed } from '../errors.ts';
import { isoTime } from '../iso-time.ts';
import type { Clock } from '../ports.ts';
import type { TaskRow } from '../task-row.ts';
import { extendLeases, type LeaseDeps } from './agent-leases.ts';
import { type ClaimTasksDeps, claimTasks } from './claim-tasks.ts';
import { type ReadDeps, showTask } from './read-task.ts';
import { type ReportDeps, reportedFailure, reportForAgent } from './report-for-agent.ts';

export interface AgentCall extends AgentCaller {
  readonly agentId: string;
  readonly body: unknown;
}

export interface PresenceDeps {
  readonly agents: AgentDirectory;
  readonly clock: Clock;
}

/** A registered agent is heard of; written at most so often, for a busy one calls many times a second. */
const HEARD_INTERVAL_MS = 1000;

/** Polls of an agent that waits: after 200 ms, each next half as long again later, at most two seconds apart. */
const FIRST_POLL_MS = 200;
const POLL_FACTOR = 1.5;
const MAX_POLL_MS = 2000;

/**
 * Answers a claim: at once, or as soon as there is something within `wait_seconds`, counted from `sinceMs`.
 * Throws `validation_failed`, `agent_not_found`, `forbidden`.
 */
export async function answerClaim(
  deps: ClaimTasksDeps & PresenceDeps & ReadDeps,
  call: AgentCall,
  sinceMs: number,
): Promise<ClaimsAnswer> {
  const checked = checkInput(claimSchema, call.body);
  if (!checked.ok) throw validationFailed(checked.errors);
  const { max_tasks: maxTasks, lease_seconds: leaseSeconds, wait_seconds } = checked.value;
  const agent = await agentOf(deps, call);
  await hear(deps, agent);
  const { capabilities = [] } = agent.row;
  const claim = { agentId: call.agentId, capabilities, maxTasks, leaseSeconds };
  const untilMs = sinceMs + wait_seconds * 1000;
  let claimed = await claimTasks(deps, claim);
  for (
    let pollMs = FIRST_POLL_MS;
    claimed.length === 0;
    pollMs = Math.min(pollMs * POLL_FACTOR, MAX_POLL_MS)
  ) {
    const leftMs = untilMs - deps.clock.nowMs();
    if (leftMs <= 0) break;
    await deps.clock.wait(Math.min(pollMs, leftMs));
    claimed = await claimTasks(deps, claim);
  }
  const claims = claimed.map(async (row) => ({
    // A hundred payloads go into one answer: those above 200 KB as links.
    task: await showTask(deps, row, LIMITS.tableValueBytes),
    lease_token: row.lease_id ?? '',
    lease_expires_at: isoTime(row.claimable_at),
  }));
  return { claims: await Promise.all(claims) };
}

/** Answers a heartbeat. Throws `validation_failed`, `agent_not_found`, `forbidden`. */
export async function answerHeartbeat(
  deps: LeaseDeps & PresenceDeps,
  call: AgentCall,
): Promise<HeartbeatAnswer> {
  const checked = checkInput(heartbeatSchema, call.body);
  if (!checked.ok) throw validationFailed(checked.errors);
  const { leases, resources } = checked.value;
  const agent = await agentOf(deps, call);
  await hear(deps, agent, resources);
  return { leases: [...(await extendLeases(deps, leases))] };
}

/** Ends a claimed task with its output. Throws `validation_failed`, `task_not_found`, `lease_lost`. */
export async function completeTask(deps: ReportDeps, taskId: string, body: unknown): Promise<TaskRow> {
  const checked = checkInput(completionSchema, body);
  if (!checked.ok) throw validationFailed(checked.errors);
  const { lease_token, output } = checked.value;
  return await reportForAgent(deps, taskId, lease_token, { kind: 'completed', output });
}

/** Ends an attempt at a claimed task with an error. Throws `validation_failed`, `task_not_found`, `lease_lost`. */
export async function failTask(deps: ReportDeps, taskId: string, body: unknown): Promise<TaskRow> {
  const checked = checkInput(reportedFailureSchema, body);
  if (!checked.ok) throw validationFailed(checked.errors);
  const { lease_token, error } = checked.value;
  return await reportForAgent(deps, taskId, lease_token, { kind: 'failed', failure: reportedFailure(error) });
}

async function agentOf(deps: PresenceDeps, call: AgentCall): Promise<KnownAgent> {
  const agent = (await deps.agents.read([call.agentId])).get(call.agentId);
  if (agent === undefined) throw agentNotFound(call.agentId);
  if (!mayActFor(agent.row.tenant, call)) throw notYourAgent(call.agentId);
  return agent;
}

/** Notes that an agent was heard of: now and then, and whenever its resources are others. */
async function hear(
  { agents, clock }: PresenceDeps,
  { row, presence }: KnownAgent,
  resources?: AgentPresence['resources'],
): Promise<void> {
  const nowMs = clock.nowMs();
  const isSame =
    resources === undefined || JSON.stringify(resources) === JSON.stringify(presence.resources ?? {});
  if (nowMs - presence.last_seen < HEARD_INTERVAL_MS && isSame) return;
  await agents.heard(row.agent_id, { last_seen: nowMs, ...(resources === undefined ? {} : { resources }) });
}
