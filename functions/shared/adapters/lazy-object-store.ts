import type { ObjectStore } from '../../../core/object-store.ts';

/** An object store that is loaded when it is first used: most processes never see a large value. */
export class LazyObjectStore implements ObjectStore {
  readonly #load: () => Promise<ObjectStore>;
  #loaded: Promise<ObjectStore> | undefined;

  constructor(load: () => Promise<ObjectStore>) {
    this.#load = load;
  }

  async put(key: string, text: string): Promise<void> {
    await (await this.#store()).put(key, text);
  }

  async read(key: string): Promise<string | undefined> {
    return await (await this.#store()).read(key);
  }

  async bytesOf(key: string): Promise<number | undefined> {
    return await (await this.#store()).bytesOf(key);
  }

  async copy(from: string, to: string): Promise<void> {
    await (await this.#store()).copy(from, to);
  }

  async linkToRead(key: string, seconds: number): Promise<string> {
    return await (await this.#store()).linkToRead(key, seconds);
  }

  async linkToPut(key: string, bytes: number, seconds: number): Promise<string> {
    return await (await this.#store()).linkToPut(key, bytes, seconds);
  }

  async removeAll(prefix: string): Promise<void> {
    await (await this.#store()).removeAll(prefix);
  }

  /** Loads once; where that fails, the next use tries again. */
  async #store(): Promise<ObjectStore> {
    this.#loaded ??= this.#load();
    try {
      return await this.#loaded;
    } catch (error) {
      this.#loaded = undefined;
      throw error;
    }
  }
}
