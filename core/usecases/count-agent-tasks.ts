import type { AgentTasks, CountedTasks } from '../agents/agent-ports.ts';
import {
  addCounts,
  blockOf,
  type CountedBlock,
  countTasks,
  MAX_BLOCK,
  MIN_BLOCK,
  NO_TASKS,
  settledBlock,
  settledPart,
  type TaskCounts,
  type TaskStates,
} from '../agents/agent-totals.ts';
import type { Clock } from '../ports.ts';
import { parseTimeIndexSort, TIME_INDEX_BOTTOM } from '../time-index.ts';

export interface CountDeps {
  readonly agentTasks: AgentTasks;
  readonly countedTasks: CountedTasks;
  readonly clock: Clock;
}

/** What counting may still use up; several counts may share one. */
export interface CountBudget {
  /** Tasks that may be looked at. */
  tasks: number;
  /** By the monotonic clock, in milliseconds. */
  readonly endMs: number;
}

/** Tasks that one request looks at. In pages of 1,000, these by hundreds side by side: about a second. */
export const MAX_TASKS_COUNTED = 20_000;

export interface AgentCounts {
  readonly counts: TaskCounts;
  /** False where the budget did not suffice: some tasks are not counted yet. The next count goes on from here. */
  readonly isComplete: boolean;
}

/**
 * Counts the tasks of an agent by state, from the oldest on: blocks that were counted before as they are, all
 * else from the index and the rows. What it learns is kept for the next count; nothing is lost if it is not.
 */
export async function countAgentTasks(
  deps: CountDeps,
  agentId: string,
  budget: CountBudget,
): Promise<AgentCounts> {
  const known = await freshBlocks(deps, agentId);
  const used: CountedBlock[] = [];
  const counted: CountedBlock[] = [];
  let counts = NO_TASKS;
  let position: string | null = TIME_INDEX_BOTTOM;
  while (position !== null && hasLeft(deps, budget)) {
    const block = known.get(position);
    if (block !== undefined) {
      counts = addCounts(counts, block);
      used.push(block);
      position = block.through;
      continue;
    }
    const step: Step = await countStep(deps, agentId, position, known);
    budget.tasks -= step.looked;
    counts = addCounts(counts, step.counts);
    if (step.block !== undefined) counted.push(step.block);
    position = step.next;
  }
  const again = await lookAgain(deps, used, budget);
  const learnt = [...counted, ...again.settled];
  // Best effort: whoever counts next finds the same, at a higher price.
  if (learnt.length > 0) await deps.countedTasks.put(agentId, learnt).catch(() => undefined);
  return {
    counts: addCounts(counts, again.counts),
    isComplete: position === null && again.isComplete,
  };
}

async function freshBlocks(deps: CountDeps, agentId: string): Promise<ReadonlyMap<string, CountedBlock>> {
  const nowMs = deps.clock.nowMs();
  const blocks = await deps.countedTasks.blocks(agentId);
  return new Map(
    blocks.filter(({ fresh_until }) => fresh_until > nowMs).map((block) => [block.after, block]),
  );
}

function hasLeft({ clock }: CountDeps, { tasks, endMs }: CountBudget): boolean {
  return tasks > 0 && clock.monotonicMs() < endMs;
}

interface Step {
  readonly counts: TaskCounts;
  readonly looked: number;
  readonly block: CountedBlock | undefined;
  /** Where to go on; null at the end. */
  readonly next: string | null;
}

/** Counts a page of tasks above a position, up to where the last known block within it begins. */
async function countStep(
  deps: CountDeps,
  agentId: string,
  after: string,
  known: ReadonlyMap<string, CountedBlock>,
): Promise<Step> {
  const page = await deps.agentTasks.entries({ agentId, after, limit: MAX_BLOCK });
  const last = page.at(-1);
  if (last === undefined) return { counts: NO_TASKS, looked: 0, block: undefined, next: null };
  const cut = [...known.keys()].filter((begin) => begin > after && begin <= last).at(-1);
  const entries = cut === undefined ? page : page.filter((entry) => entry <= cut);
  const states = await deps.agentTasks.states(entries.map((entry) => parseTimeIndexSort(entry).taskId));
  const nowMs = deps.clock.nowMs();
  return {
    counts: countTasks(entries, states, nowMs),
    looked: entries.length,
    block: blockOfStep({ after, cut, entries }, states, nowMs),
    next: cut ?? (page.length < MAX_BLOCK ? null : last),
  };
}

/** What of a step is counted for good; a gap between blocks however small it is, the newest end only from MIN_BLOCK on. */
function blockOfStep(
  { after, cut, entries }: { after: string; cut: string | undefined; entries: readonly string[] },
  states: TaskStates,
  nowMs: number,
): CountedBlock | undefined {
  const settled = settledPart(entries, nowMs);
  const through = cut ?? settled.at(-1);
  if (through === undefined || (cut === undefined && settled.length < MIN_BLOCK)) return undefined;
  return blockOf({ after, through }, settled, states, nowMs);
}

interface SecondLook extends AgentCounts {
  readonly settled: readonly CountedBlock[];
}

/** Looks at what was open in blocks that were counted before. */
async function lookAgain(
  deps: CountDeps,
  blocks: readonly CountedBlock[],
  budget: CountBudget,
): Promise<SecondLook> {
  const within: CountedBlock[] = [];
  for (const block of blocks) {
    if (block.open.length > 0 && budget.tasks > 0) within.push(block);
    budget.tasks -= block.open.length;
  }
  const open = within.flatMap((block) => block.open);
  const states =
    open.length === 0
      ? new Map()
      : await deps.agentTasks.states(open.map((entry) => parseTimeIndexSort(entry).taskId));
  const nowMs = deps.clock.nowMs();
  return {
    counts: countTasks(open, states, nowMs),
    settled: within.flatMap((block) => settledBlock(block, states, nowMs) ?? []),
    isComplete: within.length === blocks.filter(({ open }) => open.length > 0).length,
  };
}
