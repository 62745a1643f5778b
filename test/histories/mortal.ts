/** What befalls a process at one of its operations. */
export type Blow =
  /** It dies, before or after the operation has taken effect. */
  | { readonly kind: 'dies'; readonly atOperation: number; readonly takesEffect: boolean }
  /** It stalls before the operation, while all others go on. */
  | { readonly kind: 'stalls'; readonly atOperation: number };

/**
 * A process that dies or stalls as planned. After its death none of its operations answers, so nothing of it goes
 * on, as after `kill -9`. One that stalls goes on when it is resumed, as if nothing had happened.
 */
export class Mortal {
  readonly #blow: Blow | undefined;
  readonly #died = Promise.withResolvers<void>();
  readonly #stalled = Promise.withResolvers<void>();
  readonly #resumed = Promise.withResolvers<void>();
  #operations = 0;
  #isDead = false;

  constructor(blow?: Blow) {
    this.#blow = blow;
  }

  /** One operation outside the process: a write, a message, an answer. */
  async operate<T>(operation: () => Promise<T>): Promise<T> {
    if (this.#isDead) return await never();
    this.#operations += 1;
    const blow = this.#operations === this.#blow?.atOperation ? this.#blow : undefined;
    if (blow?.kind === 'stalls') {
      this.#stalled.resolve();
      await this.#resumed.promise;
    }
    if (blow?.kind !== 'dies') return await operation();
    this.die();
    if (blow.takesEffect) await operation();
    return await never();
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  die(): void {
    this.#isDead = true;
    this.#died.resolve();
  }

  /** Lets a process that has stalled go on. */
  resume(): void {
    this.#resumed.resolve();
  }

  /** Resolves when the process stalls. */
  get stalls(): Promise<void> {
    return this.#stalled.promise;
  }

  /** What the process answers; undefined if it dies before. */
  async live<T>(run: () => Promise<T>): Promise<T | undefined> {
    return await Promise.race([run(), this.#died.promise.then(() => undefined)]);
  }
}

function never<T>(): Promise<T> {
  return new Promise<T>(() => undefined);
}
