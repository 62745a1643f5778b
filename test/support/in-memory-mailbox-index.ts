import type { MailboxIndex } from '../../core/agents/mailbox-index.ts';
import type { TaskRow } from '../../core/task-row.ts';

/** The mailbox index in memory, over the rows of a store. */
export class InMemoryMailboxIndex implements MailboxIndex {
  readonly #rows: ReadonlyMap<string, TaskRow>;

  constructor(rows: ReadonlyMap<string, TaskRow>) {
    this.#rows = rows;
  }

  async keys({
    mailbox,
    after = '',
    below = '~',
    limit,
  }: Parameters<MailboxIndex['keys']>[0]): Promise<readonly string[]> {
    return [...this.#rows.values()]
      .flatMap((row) => (row.mailbox === mailbox ? (row.mailbox_at ?? []) : []))
      .filter((key) => key > after && key < below)
      .sort((a, b) => (a < b ? -1 : 1))
      .slice(0, limit);
  }
}
