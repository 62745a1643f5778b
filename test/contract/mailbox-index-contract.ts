import { expect, it } from 'vitest';
import type { MailboxIndex } from '../../core/agents/mailbox-index.ts';
import type { TaskStore } from '../../core/ports.ts';
import type { TaskRow } from '../../core/task-row.ts';
import { aRow } from '../support/builders.ts';
import { until } from '../support/until.ts';

export interface MailboxIndexUnderTest {
  readonly tasks: TaskStore;
  readonly mailboxes: MailboxIndex;
}

let serial = 0;

/** What every mailbox index does alike. */
export function mailboxIndexContract(build: () => MailboxIndexUnderTest): void {
  const inserted = async ({ tasks, mailboxes }: MailboxIndexUnderTest, keys: readonly string[]) => {
    serial += 1;
    const mailbox = `agent#${serial}`;
    await tasks.insert(keys.map((mailbox_at): TaskRow => ({ ...aRow(), mailbox, mailbox_at })));
    await until(
      'the index to have all',
      async () => (await mailboxes.keys({ mailbox, limit: 100 })).length === keys.length,
    );
    return mailbox;
  };

  it('names what is in a mailbox, the first first', async () => {
    const built = build();
    const mailbox = await inserted(built, ['05#2', '01#9', '10#1']);
    await inserted(built, ['02#1']);
    expect(await built.mailboxes.keys({ mailbox, limit: 100 })).toEqual(['01#9', '05#2', '10#1']);
  });

  it('goes on after a key, below a bound, and is not longer than asked', async () => {
    const built = build();
    const mailbox = await inserted(built, ['1', '2', '3', '4', '5']);
    const keys = (more: object, limit = 100) => built.mailboxes.keys({ mailbox, limit, ...more });
    expect(await keys({ after: '2' })).toEqual(['3', '4', '5']);
    expect(await keys({ below: '3' })).toEqual(['1', '2']);
    expect(await keys({ after: '1', below: '5' }, 2)).toEqual(['2', '3']);
    expect(await keys({ after: '5' })).toEqual([]);
    expect(await keys({ after: '5', below: '5' })).toEqual([]);
  });
}
