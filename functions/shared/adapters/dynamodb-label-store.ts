import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Label, LabelStore } from '../../../core/labels.ts';
import type { BackOff } from './back-off.ts';
import type { Item } from './item-codec.ts';
import { putItems } from './put-items.ts';

export interface DynamoDbLabelStoreDeps extends BackOff {
  readonly client: DynamoDBClient;
  readonly controlTable: string;
}

/** Labels in the control table: a partition for each label and shard, sorted as the indexes of tasks are. */
export class DynamoDbLabelStore implements LabelStore {
  readonly #deps: DynamoDbLabelStoreDeps;

  constructor(deps: DynamoDbLabelStoreDeps) {
    this.#deps = deps;
  }

  /** A call of BatchWriteItem refuses two puts of one key: of equal labels the one that lasts longer is put. */
  async put(labels: readonly Label[]): Promise<readonly boolean[]> {
    const lasting = new Map<string, Label>();
    for (const label of labels) {
      const known = lasting.get(keyOf(label));
      if (known === undefined || known.expiresAtSeconds < label.expiresAtSeconds)
        lasting.set(keyOf(label), label);
    }
    const { client, controlTable } = this.#deps;
    const items = [...lasting.values()].map(itemOf);
    const stored = await putItems(client, this.#deps, controlTable, items, ['pk', 'sk']);
    const outcomes = new Map([...lasting.keys()].map((key, place) => [key, stored[place] === true]));
    return labels.map((label) => outcomes.get(keyOf(label)) === true);
  }
}

/** The partition of a label in one shard; the shard stands last, so no tag looks like another one's. */
export function labelPartition({ name, shard }: Pick<Label, 'name' | 'shard'>): string {
  return `${name}#${shard}`;
}

function itemOf(label: Label): Item {
  return {
    pk: { S: labelPartition(label) },
    sk: { S: label.listedAt },
    expires_at: { N: String(label.expiresAtSeconds) },
  };
}

function keyOf(label: Label): string {
  return `${labelPartition(label)} ${label.listedAt}`;
}
