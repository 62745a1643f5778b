import { type BrokenRule, when } from './broken-rule.ts';
import { poolRules } from './pool-rules.ts';
import type { StageConfig } from './stage-schema.ts';

/** Concurrency that Lambda keeps unreserved in every account. */
const UNRESERVED_CONCURRENCY = 100;

/** Writes a second that one key of an index takes. */
const KEY_WRITES_PER_SECOND = 1000;

/** How long the local stage's tokens must live at least. */
const LOCAL_TOKEN_HOURS = 8;

/** Checks what concerns several settings at once. */
export function brokenRules(config: StageConfig): readonly BrokenRule[] {
  return [...poolRules(config), ...accountRules(config), ...loadRules(config), ...tokenRules(config)];
}

function accountRules({
  stage,
  pools,
  wait,
  claims,
  accountConcurrency,
}: StageConfig): readonly BrokenRule[] {
  const executors = pools.reduce((sum, { executor }) => sum + executor.reservedConcurrency, 0);
  const reserved = executors + wait.reservedConcurrency + claims.reservedConcurrency;
  return when(
    stage !== 'local' && reserved > accountConcurrency - UNRESERVED_CONCURRENCY,
    'accountConcurrency',
    () =>
      `${accountConcurrency}: executors, wait and claims reserve ${reserved}, and Lambda keeps ${UNRESERVED_CONCURRENCY} of an account ` +
      'unreserved; reserve less, or have the quota raised and write it here',
  );
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
