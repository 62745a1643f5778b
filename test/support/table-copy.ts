import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';

/** An empty table with the keys and indexes of a deployed one, which nothing reads but its test. */
export async function copyTable(
  client: DynamoDBClient,
  name: string,
): Promise<{ table: string; drop: () => Promise<void> }> {
  const { Table: table } = await client.send(new DescribeTableCommand({ TableName: name }));
  const copy = `copy-${crypto.randomUUID()}`;
  await client.send(
    new CreateTableCommand({
      TableName: copy,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: table?.KeySchema,
      AttributeDefinitions: table?.AttributeDefinitions,
      GlobalSecondaryIndexes: table?.GlobalSecondaryIndexes?.map(({ IndexName, KeySchema, Projection }) => ({
        IndexName,
        KeySchema,
        Projection,
      })),
    }),
  );
  return {
    table: copy,
    drop: async () => void (await client.send(new DeleteTableCommand({ TableName: copy }))),
  };
}
