import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Clock } from '../../../core/ports.ts';
import type { CursorKeys } from '../../../core/usecases/cursor-position.ts';

export interface SecretKeysDeps {
  readonly client: SecretsManagerClient;
  readonly secretId: string;
  readonly clock: Clock;
}

/** How long keys are used before they are read again. */
const REMEMBERED_MS = 5 * 60_000;

/** A cursor that no known key has signed asks for new ones, but not more often than this. */
const MIN_AGE_MS = 10_000;

/** Keys that sign: the versions AWSCURRENT, which signs, and AWSPREVIOUS of one secret. */
export class SecretKeys implements CursorKeys {
  readonly #deps: SecretKeysDeps;
  #known: { readonly keys: readonly string[]; readonly atMs: number } | undefined;

  constructor(deps: SecretKeysDeps) {
    this.#deps = deps;
  }

  async read(options = { fresh: false }): Promise<readonly string[]> {
    const nowMs = this.#deps.clock.monotonicMs();
    const maxAgeMs = options.fresh ? MIN_AGE_MS : REMEMBERED_MS;
    if (this.#known !== undefined && nowMs - this.#known.atMs < maxAgeMs) return this.#known.keys;
    const [current, previous] = await Promise.all([
      this.#version('AWSCURRENT'),
      this.#version('AWSPREVIOUS'),
    ]);
    if (current === undefined) throw new Error(`the secret ${this.#deps.secretId} has no current version`);
    const keys = previous === undefined ? [current] : [current, previous];
    this.#known = { keys, atMs: nowMs };
    return keys;
  }

  /** A secret that was never rotated has no previous version. */
  async #version(stage: string): Promise<string | undefined> {
    const { client, secretId } = this.#deps;
    try {
      const command = new GetSecretValueCommand({ SecretId: secretId, VersionStage: stage });
      return (await client.send(command)).SecretString;
    } catch (error) {
      if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
      throw error;
    }
  }
}
