import { claimWrite } from '../../../../core/claim.ts';
import { finishWrite } from '../../../../core/finish.ts';
import { DEFAULT_RETRY } from '../../../../core/retry.ts';
import { failure } from '../../../../core/task-failure.ts';
import type { State } from '../state.ts';
import { type Emit, LEASE, TERMS, type World, writeRow } from '../world.ts';

const POLICY = { ...TERMS, random: 0, policy: { ...DEFAULT_RETRY, max_attempts: 1 } };
const BOOM = failure('boom', 'it broke', false);

/** Executors: a task whose message is on its lane starts, and a running one ends. */
export function taskSteps(world: World, state: State, emit: Emit): void {
  const { endless, fails, patient } = world.configuration;
  for (const [id, { row, sent }] of Object.entries(state.tasks)) {
    if (row?.status === 'queued' && sent === row.generation) {
      const { state: next, breaches } = writeRow(world, state, claimWrite(row, LEASE));
      emit(`${id} starts`, next, { breaches });
    }
    if (row?.status !== 'processing') continue;
    if (patient.includes(id) && isBusy(state)) continue;
    const completed = finishWrite(row, { kind: 'succeeded', resultAttempt: row.attempt }, POLICY);
    emit(`${id} completes`, writeRow(world, state, completed).state, { fault: endless.includes(id) });
    if (!fails.includes(id) || endless.includes(id)) continue;
    const failed = finishWrite(row, { kind: 'failed', failure: BOOM }, POLICY);
    emit(`${id} fails`, writeRow(world, state, failed).state);
  }
}

/** Whether anybody is at work on dependencies, or has died over them. */
function isBusy(state: State): boolean {
  const isHeld = Object.values(state.tasks).some(({ row }) =>
    row?.waiting_on?.some((member) => member.startsWith('h')),
  );
  return isHeld || state.processes.some(({ kind }) => kind !== 'release');
}
