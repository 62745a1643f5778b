import {
  leaseIdOf,
  type Message,
  NOW_MS,
  type Part,
  type Slot,
  type State,
  taskAt,
  withTask,
} from '../state.ts';
import { momentIn, type World, type Written, writeRow } from '../world.ts';

type Running = Part & { readonly phase: 'running' };

/** A heartbeat of a running attempt: lease and visibility are as long as ever, counted from `aheadTicks` on. */
export function heartbeat(
  world: World,
  state: State,
  { slot, task, part, aheadTicks }: { slot: Slot; task: number; part: Running; aheadTicks: number },
): Written {
  const ticks = world.configuration.leaseTicks + aheadTicks;
  const { row } = taskAt(state, task);
  // What it last wrote; a passed time is folded, so one that somebody else wrote must be told apart here.
  const isOwn = row.status === 'processing' && row.attempt === part.row.attempt;
  const lease = { endsAt: isOwn ? row.claimable_at : NOW_MS - 1, nextEndsAt: momentIn(ticks) };
  const written = writeRow(world, state, task, world.rules.heartbeatWrite(part.row, lease), slot);
  if (written.outcome.kind !== 'applied') return written;
  const hidden = (message: Message): Message =>
    message.task === task && message.holder === slot ? { ...message, visibleIn: ticks } : message;
  const next = withTask(written.state, task, { struck: false });
  return { ...written, state: { ...next, messages: next.messages.map(hidden) } };
}

/** The state in which every handler that runs on, on a lease that lives, has been looked after for a step of the clock. */
export function withHeartbeats(world: World, state: State): State {
  return state.tasks.reduce((before, _, task) => {
    const { row } = taskAt(before, task);
    if (row.status !== 'processing' || row.claimable_at <= NOW_MS) return before;
    const slot = before.executors.findIndex((_executor, at) => row.lease_id === leaseIdOf(at + 1)) + 1;
    const part = before.executors[slot - 1]?.[task];
    if (part?.phase !== 'running') return before;
    if (world.rules.judgeWatched(row, part.row, row.claimable_at) !== 'go_on') return before;
    const aheadTicks = world.configuration.stepTicks;
    return heartbeat(world, before, { slot, task, part, aheadTicks }).state;
  }, state);
}
