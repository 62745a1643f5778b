import type { BatchWriteItemCommand, DynamoDBClient, WriteRequest } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import type { Label } from '../../../../core/labels.ts';
import { MAX_TRIES } from '../../../../functions/shared/adapters/back-off.ts';
import { DynamoDbLabelStore } from '../../../../functions/shared/adapters/dynamodb-label-store.ts';
import { FixedClock } from '../../../support/fixed-clock.ts';

const label = (name: string, expiresAtSeconds = 100): Label => ({
  name,
  shard: 1,
  listedAt: '1795255200000#task-1',
  expiresAtSeconds,
});

/** A table that leaves unprocessed what `refuses` says of a partition. */
function aStore(refuses: (pk: string) => boolean = () => false) {
  const put: [string, string][] = [];
  let calls = 0;
  const client = {
    send: async ({ input }: BatchWriteItemCommand) => {
      calls += 1;
      const requests: WriteRequest[] = input.RequestItems?.control ?? [];
      const pkOf = (request: WriteRequest) => request.PutRequest?.Item?.pk?.S ?? '';
      const taken = requests.filter((request) => !refuses(pkOf(request)));
      put.push(
        ...taken.map((one): [string, string] => [pkOf(one), one.PutRequest?.Item?.expires_at?.N ?? '']),
      );
      return { UnprocessedItems: { control: requests.filter((request) => !taken.includes(request)) } };
    },
  } as unknown as DynamoDBClient;
  const store = new DynamoDbLabelStore({
    client,
    controlTable: 'control',
    clock: new FixedClock(),
    random: () => 0.5,
  });
  return { store, put, calls: () => calls };
}

describe('putting labels', () => {
  it('puts equal ones once, with the longest life', async () => {
    const { store, put } = aStore();
    const labels = [label('tag#a', 100), label('tag#a', 300), label('tag#b', 50), label('tag#a', 200)];
    expect(await store.put(labels)).toEqual([true, true, true, true]);
    expect(put).toEqual([
      ['tag#a#1', '300'],
      ['tag#b#1', '50'],
    ]);
  });

  it('tries what was not processed again, and tells at each place what stays so', async () => {
    const { store, put, calls } = aStore((pk) => pk === 'tag#a#1');
    expect(await store.put([label('tag#a'), label('tag#b'), label('tag#a')])).toEqual([false, true, false]);
    expect(put).toEqual([['tag#b#1', '100']]);
    expect(calls()).toBe(MAX_TRIES);
  });
});
