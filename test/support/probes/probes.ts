import { probeApiOfLanes } from './api-probe.ts';
import { probeClaims } from './claims-probe.ts';
import { probeDeadLetter } from './dead-letter-probe.ts';
import { probeRelease } from './dependency-probes.ts';
import { probeDispatcher, probeRedo } from './dispatch-probes.ts';
import { probeExecutor } from './executor-probe.ts';
import { probeLaneSwitch } from './lane-probes.ts';
import { probeTimers } from './timers-probe.ts';
import { probeWait } from './wait-probe.ts';

/** Uses everything that a function may do, and throws when something of it does not come about. */
export interface Probe {
  readonly run: () => Promise<void>;
  /** Grants that a service uses in the function's name, unasked by the emulator. */
  readonly simulates?: (action: string, resources: readonly string[]) => boolean;
  /** Actions of which it uses every resource, so that each may be taken away alone. @default none */
  readonly splits?: readonly string[];
}

/** The probe of each function that may do anything, by the function's stack output. */
export const PROBES: Readonly<Record<string, Probe>> = {
  ApiFunctionName: { run: probeApiOfLanes, splits: ['s3:GetObject', 's3:PutObject'] },
  WaitFunctionName: { run: probeWait },
  ClaimsFunctionName: { run: probeClaims },
  DispatcherFunctionName: {
    run: probeDispatcher,
    splits: ['sqs:SendMessage'],
    simulates: (_, resources) => resources.some((arn) => arn.includes('Undispatched')),
  },
  RedoFunctionName: {
    run: probeRedo,
    splits: ['sqs:SendMessage'],
    simulates: (action) => action === 'sqs:GetQueueAttributes',
  },
  TimersFunctionName: { run: probeTimers },
  ReleaseFunctionName: {
    run: probeRelease,
    simulates: (action) => action === 'sqs:GetQueueAttributes',
  },
  ExecutorFunctionName: { run: probeExecutor, simulates: (action) => action === 'sqs:GetQueueAttributes' },
  LaneSwitchFunctionName: { run: probeLaneSwitch },
  DeadLetterFunctionName: {
    run: probeDeadLetter,
    simulates: (action) => action === 'sqs:GetQueueAttributes',
  },
};
