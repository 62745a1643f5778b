import type { AttemptResult } from '../../core/attempt-result.ts';
import type { AttemptPointer, Clock, ResultStore, StoredPayload } from '../../core/ports.ts';
import { FixedClock } from './fixed-clock.ts';

/** The results table in memory. */
export class InMemoryResultStore implements ResultStore {
  readonly #clock: Pick<Clock, 'nowMs'>;
  readonly results = new Map<string, AttemptResult>();
  readonly payloads = new Map<string, StoredPayload>();

  constructor(clock: Pick<Clock, 'nowMs'> = new FixedClock()) {
    this.#clock = clock;
  }

  async put(results: readonly AttemptResult[]): Promise<readonly boolean[]> {
    for (const result of results) this.results.set(`${result.task_id}#${result.attempt}`, result);
    return results.map(() => true);
  }

  async putFirst(result: AttemptResult): Promise<AttemptResult> {
    const key = `${result.task_id}#${result.attempt}`;
    const present = this.results.get(key);
    if (present !== undefined && present.expires_at > this.#clock.nowMs() / 1000) return present;
    this.results.set(key, result);
    return result;
  }

  async ofTask(taskId: string): Promise<readonly AttemptResult[]> {
    const own = this.#live().filter((result) => result.task_id === taskId);
    return own.sort((a, b) => a.attempt - b.attempt);
  }

  async ofAttempt(taskId: string, attempt: number): Promise<AttemptResult | undefined> {
    return (await this.ofTask(taskId)).find((result) => result.attempt === attempt);
  }

  async attempts(pointers: readonly AttemptPointer[]): Promise<readonly AttemptResult[]> {
    const asked = new Set(pointers.map(({ task_id, attempt }) => `${task_id}#${attempt}`));
    return this.#live().filter(({ task_id, attempt }) => asked.has(`${task_id}#${attempt}`));
  }

  #live(): readonly AttemptResult[] {
    const nowSeconds = this.#clock.nowMs() / 1000;
    return [...this.results.values()].filter(({ expires_at }) => expires_at > nowSeconds);
  }

  async putPayloads(payloads: readonly StoredPayload[]): Promise<readonly boolean[]> {
    for (const payload of payloads) this.payloads.set(payload.taskId, payload);
    return payloads.map(() => true);
  }

  async payloadsOf(taskIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return new Map(
      taskIds.flatMap((taskId) => {
        const payload = this.payloads.get(taskId);
        return payload === undefined ? [] : [[taskId, payload.text] as const];
      }),
    );
  }

  async expirePayload(taskId: string, expiresAtSeconds: number): Promise<void> {
    const payload = this.payloads.get(taskId);
    if (payload !== undefined) this.payloads.set(taskId, { ...payload, expiresAtSeconds });
  }
}
