/**
 * Values that are too large for the tables, as objects: JSON text by key. Objects are put before the row or the
 * result that tells of them.
 */
export interface ObjectStore {
  /** Puts a text. Throws when that is not confirmed. */
  put(key: string, text: string): Promise<void>;
  /** The text; undefined when there is no such object. Bytes that are no UTF-8 give a text that is no JSON. Throws when it cannot be read. */
  read(key: string): Promise<string | undefined>;
  /** Its size; undefined when there is no such object. Throws when that cannot be told. */
  bytesOf(key: string): Promise<number | undefined>;
  /** Puts the same under another key. Throws when that is not confirmed, also where there is no such object. */
  copy(from: string, to: string): Promise<void>;
  /** An address at which anybody may read the object, for so many seconds. */
  linkToRead(key: string, seconds: number): Promise<string>;
  /** An address at which anybody may put an object of exactly so many bytes, for so many seconds. */
  linkToPut(key: string, bytes: number, seconds: number): Promise<string>;
  /** Removes every object whose key begins so. Throws when some may be left. */
  removeAll(prefix: string): Promise<void>;
}

/** How long links to objects may be used. */
export const LINK_SECONDS = 3600;
