import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Edge, EdgePage, EdgeStore } from '../../../core/dependencies/edge.ts';
import { PAYLOAD_LIFE_SECONDS } from '../../../core/payload-id.ts';
import type { BackOff } from './back-off.ts';
import { deleteItems } from './delete-items.ts';
import type { Item } from './item-codec.ts';
import { putItems } from './put-items.ts';

export interface DynamoDbEdgeStoreDeps extends BackOff {
  readonly client: DynamoDBClient;
  readonly table: string;
}

/**
 * Edges in the control table: a partition for each dependency (`dep#<dependency>`), and in the sort key all the
 * rest (`success#<dependent>#3`). Used ones are removed; `expires_at` is for those that were left behind, and later
 * than any task's end.
 */
export class DynamoDbEdgeStore implements EdgeStore {
  readonly #deps: DynamoDbEdgeStoreDeps;

  constructor(deps: DynamoDbEdgeStoreDeps) {
    this.#deps = deps;
  }

  async put(edges: readonly Edge[]): Promise<readonly boolean[]> {
    const { client, table, clock } = this.#deps;
    const expires_at = { N: String(Math.ceil(clock.nowMs() / 1000) + PAYLOAD_LIFE_SECONDS) };
    const items = edges.map((edge) => ({ ...keyOf(edge), expires_at }));
    return await putItems(client, this.#deps, table, items, ['pk', 'sk']);
  }

  async page({ dependencyId, of, limit, after }: Parameters<EdgeStore['page']>[0]): Promise<EdgePage> {
    const pk = { S: partitionOf(dependencyId) };
    const { Items = [], LastEvaluatedKey: last } = await this.#deps.client.send(
      new QueryCommand({
        TableName: this.#deps.table,
        ConsistentRead: true,
        Limit: limit,
        KeyConditionExpression: of === 'start' ? 'pk = :pk AND begins_with(sk, :start)' : 'pk = :pk',
        ExpressionAttributeValues: { ':pk': pk, ...(of === 'start' ? { ':start': { S: 'start#' } } : {}) },
        ...(after === undefined ? {} : { ExclusiveStartKey: { pk, sk: { S: after } } }),
      }),
    );
    const edges = Items.map(({ sk }) => edgeOf(dependencyId, sk?.S ?? ''));
    return last?.sk?.S === undefined ? { edges } : { edges, next: last.sk.S };
  }

  async remove(edges: readonly Edge[]): Promise<readonly boolean[]> {
    const { client, table } = this.#deps;
    return await deleteItems(client, this.#deps, table, edges.map(keyOf));
  }
}

function partitionOf(dependencyId: string): string {
  return `dep#${dependencyId}`;
}

function keyOf({ dependencyId, dependentId, index, condition }: Edge): Item {
  return { pk: { S: partitionOf(dependencyId) }, sk: { S: `${condition}#${dependentId}#${index}` } };
}

function edgeOf(dependencyId: string, sortKey: string): Edge {
  const [condition = '', dependentId = '', index] = sortKey.split('#');
  return { dependencyId, dependentId, index: Number(index), condition: condition as Edge['condition'] };
}
