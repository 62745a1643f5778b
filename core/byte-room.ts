/** Room for so many bytes at a time. Who finds none waits until others leave. */
export class ByteRoom {
  readonly #capacity: number;
  readonly #waiting: (() => void)[] = [];
  #used = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /**
   * Resolves when there is room for so many bytes, or for nothing else: then even more than the capacity has
   * room. The answer leaves it, once however often it is called.
   */
  async take(bytes: number): Promise<() => void> {
    while (this.#used > 0 && this.#used + bytes > this.#capacity) {
      await new Promise<void>((resolve) => void this.#waiting.push(resolve));
    }
    this.#used += bytes;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#used -= bytes;
      for (const wake of this.#waiting.splice(0)) wake();
    };
  }
}
