/** The mailboxes of agents and capabilities. Entries may be a moment behind the rows. */
export interface MailboxIndex {
  /** Sort keys of a mailbox, the first first: those after a key and below a bound. */
  keys(query: {
    readonly mailbox: string;
    readonly after?: string;
    /** @default to the end */
    readonly below?: string;
    readonly limit: number;
  }): Promise<readonly string[]>;
}
