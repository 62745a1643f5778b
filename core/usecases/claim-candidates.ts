import {
  compareEntries,
  laterBound,
  laterOf,
  type MailboxEntry,
  parseMailboxKey,
} from '../agents/mailbox.ts';
import type { MailboxIndex } from '../agents/mailbox-index.ts';

/** Entries that one reading of a part of a mailbox brings. */
const PAGE = 25;

interface Part {
  readonly mailbox: string;
  readonly below?: string;
  readonly entries: MailboxEntry[];
  after?: string;
  isRead: boolean;
}

/**
 * What an agent may try to claim at a moment, strictly by priority and then by age, out of several mailboxes.
 * What is not claimable yet is left out; each entry comes once. Pages are read as they are needed.
 */
export class ClaimCandidates {
  readonly #index: MailboxIndex;
  readonly #parts: readonly Part[];
  readonly #seen = new Set<string>();

  constructor(index: MailboxIndex, mailboxes: readonly string[], nowMs: number) {
    this.#index = index;
    this.#parts = mailboxes.flatMap((mailbox) => [
      { mailbox, entries: [], isRead: false },
      { mailbox: laterOf(mailbox), below: laterBound(nowMs), entries: [], isRead: false },
    ]);
  }

  /** The next entries, as many as asked unless there are fewer. */
  async next(count: number): Promise<readonly MailboxEntry[]> {
    const next: MailboxEntry[] = [];
    while (next.length < count) {
      await Promise.all(this.#parts.map((part) => this.#fill(part)));
      const first = this.#parts
        .filter(({ entries }) => entries.length > 0)
        .sort((a, b) => compareEntries(head(a), head(b)))[0];
      const entry = first?.entries.shift();
      if (entry === undefined) return next;
      if (this.#seen.has(entry.taskId)) continue;
      this.#seen.add(entry.taskId);
      next.push(entry);
    }
    return next;
  }

  /**
   * The main part is sorted as it is claimed, so a page at a time will do. The later part is sorted by when it
   * may be claimed: all that is due by now is read before any of it is taken.
   */
  async #fill(part: Part): Promise<void> {
    while (!part.isRead && (part.entries.length === 0 || part.below !== undefined)) {
      const { mailbox, below, after } = part;
      const keys = await this.#index.keys({
        mailbox,
        limit: PAGE,
        ...(below === undefined ? {} : { below }),
        ...(after === undefined ? {} : { after }),
      });
      part.entries.push(...keys.map(parseMailboxKey));
      const last = keys.at(-1);
      if (last !== undefined) part.after = last;
      if (keys.length < PAGE) part.isRead = true;
    }
    if (part.below !== undefined) part.entries.sort(compareEntries);
  }
}

function head({ entries }: Part): MailboxEntry {
  return entries[0] ?? { taskId: '', priority: Number.POSITIVE_INFINITY, createdAtMs: 0 };
}
