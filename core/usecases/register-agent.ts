import { notYourAgent } from '../agents/agent-errors.ts';
import {
  type AgentCaller,
  mayActFor,
  type Registration,
  registeredRow,
  SHARED_AGENT,
} from '../agents/agent-row.ts';
import type { Agent } from '../contract/agent-schema.ts';
import { registrationSchema } from '../contract/agent-schema.ts';
import { checkInput } from '../contract/input-errors.ts';
import { storageUnavailable, validationFailed } from '../errors.ts';
import { type AgentDeps, showAgent } from './show-agent.ts';

export interface RegisterCall extends AgentCaller {
  readonly agentId: string;
  readonly body: unknown;
}

/** Looks at an agent that others register at the same moment. */
const MAX_LOOKS = 3;

/**
 * Registers an agent: `isNew` tells whether for the first time. The same call again changes nothing but its
 * times. Throws a DomainError for a registration that is not valid, or of somebody else's agent.
 */
export async function registerAgent(
  deps: AgentDeps,
  call: RegisterCall,
): Promise<{ readonly isNew: boolean; readonly answer: Agent }> {
  const registration = parse(call);
  for (let looks = 1; looks <= MAX_LOOKS; looks += 1) {
    const before = (await deps.agents.read([call.agentId])).get(call.agentId)?.row;
    if (before !== undefined && !mayActFor(before.tenant, call)) throw notYourAgent(call.agentId);
    const row = registeredRow(call.agentId, registration, call.tenant, deps.clock.nowMs(), before);
    if (before !== undefined) await deps.agents.replace(row);
    if (before !== undefined || (await deps.agents.create(row)))
      return { isNew: before === undefined, answer: await showAgent(deps, call.agentId) };
  }
  throw storageUnavailable(`${call.agentId} is being registered by others at this moment: try again`);
}

function parse({ agentId, body }: RegisterCall): Registration {
  const checked = checkInput(registrationSchema, body);
  const reserved = {
    path: '/agent_id',
    message: `"${SHARED_AGENT}" names the memory of all; choose another id`,
  };
  const errors = [...(checked.ok ? [] : checked.errors), ...(agentId === SHARED_AGENT ? [reserved] : [])];
  if (!checked.ok || errors.length > 0) throw validationFailed(errors);
  return checked.value;
}
