import { LIMITS } from '../core/contract/limits.ts';
import { CRASH_LIMIT } from '../core/crashes.ts';
import { QUEUE_KINDS, type QueueKind } from '../core/queue-name.ts';
import { queueSettingsOf } from './queue-settings.ts';
import type { StageConfig } from './stage-schema.ts';

/** The longest that an attempt may take. */
const ATTEMPT_SECONDS = LIMITS.timeoutSeconds;

/** Concurrency that Lambda keeps unreserved in every account. */
const UNRESERVED_CONCURRENCY = 100;

/** Writes a second that one key of an index takes. */
const KEY_WRITES_PER_SECOND = 1000;

/** How long the local stage's tokens must live at least. */
const LOCAL_TOKEN_HOURS = 8;

/** A broken rule: the setting it is about and a message that gives the value, the rule and the fix. */
export interface BrokenRule {
  readonly path: string;
  readonly message: string;
}

/** Checks what concerns several settings at once. */
export function brokenRules(config: StageConfig): readonly BrokenRule[] {
  return [
    ...QUEUE_KINDS.flatMap((kind) => queueRules(config, kind)),
    ...concurrencyRules(config),
    ...executorTimeRules(config),
    ...loadRules(config),
    ...tokenRules(config),
  ];
}

function queueRules(config: StageConfig, kind: QueueKind): readonly BrokenRule[] {
  const { batchSize, batchWindowSeconds, maxReceiveCount } = queueSettingsOf(config, kind);
  const path = kind === 'solo' ? kind : `lanes.${kind}`;
  return [
    ...when(
      batchSize > 10 && batchWindowSeconds < 1,
      `${path}.batchSize`,
      () =>
        `${batchSize} without a batching window: SQS mappings gather more than 10 only within a window; ` +
        'set batchWindowSeconds to 1 or more, or batchSize to 10 or less',
    ),
    ...when(
      kind === 'critical' && batchWindowSeconds > 0,
      `${path}.batchWindowSeconds`,
      () =>
        `${batchWindowSeconds}: a window delays every task of the lane, and critical must not wait; set it to 0`,
    ),
    ...when(
      maxReceiveCount < 2 * CRASH_LIMIT,
      `${path}.maxReceiveCount`,
      () =>
        `${maxReceiveCount}: put-backs and throttled receives count besides the ${CRASH_LIMIT} crashes a task may have; ` +
        `set it to ${2 * CRASH_LIMIT} or more`,
    ),
  ];
}

function concurrencyRules(config: StageConfig): readonly BrokenRule[] {
  const { executor, wait, claims, accountConcurrency } = config;
  const together = QUEUE_KINDS.reduce((sum, kind) => sum + queueSettingsOf(config, kind).maxConcurrency, 0);
  const reserved = executor.reservedConcurrency + wait.reservedConcurrency + claims.reservedConcurrency;
  const reservable = accountConcurrency - UNRESERVED_CONCURRENCY;
  return [
    ...when(
      together > executor.reservedConcurrency,
      'executor.reservedConcurrency',
      () =>
        `${executor.reservedConcurrency} is less than the queues' maximum concurrencies together (${together}): a flood of one ` +
        'lane could take a slot from another; raise it, or lower maxConcurrency of a lane',
    ),
    ...when(
      config.stage !== 'local' && reserved > reservable,
      'accountConcurrency',
      () =>
        `${accountConcurrency}: executor, wait and claims reserve ${reserved}, and Lambda keeps ${UNRESERVED_CONCURRENCY} of an account ` +
        'unreserved; reserve less, or have the quota raised and write it here',
    ),
  ];
}

/**
 * `60 < lease <= visibility` and `timeout + window <= visibility`. The lease outlives every attempt (60 s), or a
 * second one would start beside it. It ends before the message of a killed executor shows up again, or that
 * message would be put back first; what is between the two (10 s by default) may pass from receive to claim.
 */
function executorTimeRules(config: StageConfig): readonly BrokenRule[] {
  const { leaseSeconds, timeoutSeconds, visibilitySeconds } = config.executor;
  const windowSeconds = Math.max(
    ...QUEUE_KINDS.map((kind) => queueSettingsOf(config, kind).batchWindowSeconds),
  );
  return [
    ...when(
      leaseSeconds <= ATTEMPT_SECONDS,
      'executor.leaseSeconds',
      () =>
        `${leaseSeconds}: an attempt may take ${ATTEMPT_SECONDS} s, and its lease must outlive it; ` +
        `set it above ${ATTEMPT_SECONDS}`,
    ),
    ...when(
      leaseSeconds > visibilitySeconds,
      'executor.leaseSeconds',
      () =>
        `${leaseSeconds}: the lease must end before the lost message shows up again, after ${visibilitySeconds} s; ` +
        `set it to ${visibilitySeconds} or less`,
    ),
    ...when(
      timeoutSeconds <= ATTEMPT_SECONDS,
      'executor.timeoutSeconds',
      () =>
        `${timeoutSeconds}: an attempt may take ${ATTEMPT_SECONDS} s, and claim and finish come on top; ` +
        `set it above ${ATTEMPT_SECONDS}`,
    ),
    ...when(
      timeoutSeconds + windowSeconds > visibilitySeconds,
      'executor.timeoutSeconds',
      () =>
        `${timeoutSeconds}, and up to ${windowSeconds} s of gathering before it: the lanes show a message again after ` +
        `${visibilitySeconds} s, while it is still being worked on; raise visibilitySeconds, or lower this`,
    ),
  ];
}

function loadRules({ peakTasksPerSecond, timeIndexShards }: StageConfig): readonly BrokenRule[] {
  const carried = timeIndexShards * KEY_WRITES_PER_SECOND;
  return when(
    peakTasksPerSecond !== null && peakTasksPerSecond > carried,
    'timeIndexShards',
    () =>
      `${timeIndexShards}: a shard takes ${KEY_WRITES_PER_SECOND} writes a second, and ${peakTasksPerSecond} tasks a second are ` +
      `expected; set it to ${Math.ceil((peakTasksPerSecond ?? 0) / KEY_WRITES_PER_SECOND)} or more`,
  );
}

function tokenRules({ stage, identity }: StageConfig): readonly BrokenRule[] {
  return identity.kind !== 'cognito'
    ? []
    : when(
        stage === 'local' && identity.tokenValidityHours < LOCAL_TOKEN_HOURS,
        'identity.tokenValidityHours',
        () =>
          `${identity.tokenValidityHours}: the tokens of a local run are printed once and used all day; ` +
          `set it to ${LOCAL_TOKEN_HOURS} or more`,
      );
}

function when(broken: boolean, path: string, message: () => string): readonly BrokenRule[] {
  return broken ? [{ path, message: message() }] : [];
}
