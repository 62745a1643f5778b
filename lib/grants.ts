import type { FunctionName } from './function-name.ts';

/** Some actions on some resources. A name such as `lanes` stands for every queue of its kind. */
export interface Grant<Resource extends string = string> {
  readonly on: Resource;
  readonly actions: readonly string[];
}

/** What an event source mapping of a queue, and of a stream, does in its function's name. */
const RECEIVE = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'] as const;
const READ_STREAM = [
  'dynamodb:DescribeStream',
  'dynamodb:GetRecords',
  'dynamodb:GetShardIterator',
  'dynamodb:ListStreams',
] as const;

/** Who may not list a bucket is told 403 for a missing object, as if it were there and not his to read. */
const TELL_MISSING = ['s3:ListBucket'] as const;

/**
 * All that the functions may do, beside writing to their own log groups (`constructs/task-function.ts`). Nothing
 * else grants anything: the tests remove these one by one, and each time something no longer works.
 */
export const GRANTS = {
  api: [
    {
      on: 'tasks',
      actions: [
        'dynamodb:PartiQLInsert',
        'dynamodb:PartiQLUpdate',
        'dynamodb:GetItem',
        'dynamodb:BatchGetItem',
        'dynamodb:DeleteItem',
      ],
    },
    { on: 'tasks.by-time', actions: ['dynamodb:Query'] },
    { on: 'tasks.by-agent', actions: ['dynamodb:Query'] },
    { on: 'tasks.failed', actions: ['dynamodb:Query'] },
    { on: 'results', actions: ['dynamodb:BatchWriteItem', 'dynamodb:BatchGetItem', 'dynamodb:PutItem'] },
    { on: 'control', actions: ['dynamodb:UpdateItem', 'dynamodb:Query', 'dynamodb:BatchWriteItem'] },
    // Agents, what was counted of their tasks, and their memories.
    { on: 'control', actions: ['dynamodb:BatchGetItem', 'dynamodb:PutItem'] },
    { on: 'cursor-secret', actions: ['secretsmanager:GetSecretValue'] },
    { on: 'lanes.critical', actions: ['sqs:SendMessage'] },
    { on: 'lanes.ordered', actions: ['sqs:SendMessage'] },
    { on: 'lanes', actions: ['sqs:GetQueueAttributes'] },
    { on: 'uploads', actions: ['s3:PutObject', 's3:GetObject'] },
    { on: 'values', actions: ['s3:PutObject', 's3:GetObject'] },
    { on: 'values-bucket', actions: TELL_MISSING },
    { on: 'lane-switch', actions: ['lambda:InvokeFunction'] },
  ],
  wait: [
    { on: 'tasks', actions: ['dynamodb:GetItem'] },
    { on: 'results', actions: ['dynamodb:Query', 'dynamodb:BatchGetItem'] },
    { on: 'values', actions: ['s3:GetObject'] },
    { on: 'values-bucket', actions: TELL_MISSING },
  ],
  claims: [
    { on: 'tasks', actions: ['dynamodb:PartiQLUpdate', 'dynamodb:BatchGetItem'] },
    { on: 'tasks.mailbox', actions: ['dynamodb:Query'] },
    { on: 'results', actions: ['dynamodb:Query', 'dynamodb:BatchGetItem'] },
    { on: 'control', actions: ['dynamodb:BatchGetItem', 'dynamodb:UpdateItem'] },
    { on: 'values', actions: ['s3:GetObject'] },
    { on: 'values-bucket', actions: TELL_MISSING },
  ],
  docs: [],
  dispatcher: [
    { on: 'tasks.stream', actions: READ_STREAM },
    { on: 'tasks', actions: ['dynamodb:PartiQLInsert', 'dynamodb:BatchGetItem'] },
    { on: 'results', actions: ['dynamodb:UpdateItem', 'dynamodb:BatchWriteItem', 'dynamodb:GetItem'] },
    { on: 'control', actions: ['dynamodb:UpdateItem', 'dynamodb:BatchWriteItem'] },
    { on: 'lanes', actions: ['sqs:SendMessage'] },
    { on: 'release', actions: ['sqs:SendMessage'] },
    { on: 'redo', actions: ['sqs:SendMessage'] },
    { on: 'undispatched', actions: ['sqs:SendMessage'] },
  ],
  redo: [
    { on: 'redo', actions: RECEIVE },
    { on: 'tasks', actions: ['dynamodb:GetItem', 'dynamodb:PartiQLInsert', 'dynamodb:BatchGetItem'] },
    { on: 'results', actions: ['dynamodb:UpdateItem', 'dynamodb:BatchWriteItem', 'dynamodb:GetItem'] },
    { on: 'control', actions: ['dynamodb:UpdateItem', 'dynamodb:BatchWriteItem'] },
    { on: 'lanes', actions: ['sqs:SendMessage'] },
    { on: 'values', actions: ['s3:DeleteObject'] },
    { on: 'values-bucket', actions: ['s3:ListBucket'] },
    { on: 'release', actions: ['sqs:SendMessage'] },
  ],
  executor: [
    { on: 'lanes', actions: [...RECEIVE, 'sqs:ChangeMessageVisibility'] },
    { on: 'tasks', actions: ['dynamodb:PartiQLUpdate', 'dynamodb:BatchGetItem', 'dynamodb:GetItem'] },
    { on: 'results', actions: ['dynamodb:BatchWriteItem', 'dynamodb:Query', 'dynamodb:BatchGetItem'] },
    { on: 'tasks.by-time', actions: ['dynamodb:Query'] },
    { on: 'tasks.by-agent', actions: ['dynamodb:Query'] },
    { on: 'tasks.failed', actions: ['dynamodb:Query'] },
    { on: 'control', actions: ['dynamodb:BatchGetItem', 'dynamodb:UpdateItem', 'dynamodb:Query'] },
    // Entries of the result cache.
    { on: 'control', actions: ['dynamodb:PutItem'] },
    // Edges between tasks, of those that are retried in bulk.
    { on: 'control', actions: ['dynamodb:BatchWriteItem'] },
    { on: 'invoked-functions', actions: ['lambda:InvokeFunction'] },
    { on: 'webhook-secret', actions: ['secretsmanager:GetSecretValue'] },
    { on: 'values', actions: ['s3:PutObject', 's3:GetObject'] },
    { on: 'values-bucket', actions: TELL_MISSING },
  ],
  timers: [
    { on: 'tasks', actions: ['dynamodb:PartiQLUpdate', 'dynamodb:BatchGetItem'] },
    { on: 'tasks.timers', actions: ['dynamodb:Query'] },
    { on: 'results', actions: ['dynamodb:Query'] },
    { on: 'lanes.ordered', actions: ['sqs:SendMessage'] },
    { on: 'control', actions: ['dynamodb:BatchWriteItem'] },
  ],
  release: [
    { on: 'release', actions: [...RECEIVE, 'sqs:SendMessage'] },
    { on: 'control', actions: ['dynamodb:Query', 'dynamodb:BatchWriteItem'] },
    { on: 'tasks', actions: ['dynamodb:PartiQLUpdate', 'dynamodb:BatchGetItem'] },
  ],
  'dead-letter': [
    { on: 'dead-letters', actions: [...RECEIVE, 'sqs:ChangeMessageVisibility'] },
    { on: 'tasks', actions: ['dynamodb:PartiQLUpdate', 'dynamodb:GetItem'] },
    { on: 'results', actions: ['dynamodb:Query'] },
  ],
  'lane-switch': [
    { on: 'control', actions: ['dynamodb:Query', 'dynamodb:DeleteItem'] },
    { on: 'lane-mappings', actions: ['lambda:GetEventSourceMapping', 'lambda:UpdateEventSourceMapping'] },
  ],
} as const satisfies Readonly<Record<FunctionName, readonly Grant[]>>;

/** The resources that a function's grants name. */
export type GrantedResource<Name extends FunctionName> = (typeof GRANTS)[Name][number]['on'];

/** What reading and writing a table takes of a key of the account, through DynamoDB only. */
const KEY_READ = ['kms:Decrypt', 'kms:DescribeKey'] as const;
const KEY_WRITE = [
  'kms:Encrypt',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
] as const;

const TABLE_WRITES: readonly string[] = [
  'dynamodb:PartiQLInsert',
  'dynamodb:PartiQLUpdate',
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
  'dynamodb:DeleteItem',
  'dynamodb:BatchWriteItem',
  'dynamodb:PutItem',
];

/** What a function may do with the tables' key, where a stage has one of its own: as much as it does with tables. */
export function keyActionsOf(name: FunctionName): readonly string[] {
  const actions = (GRANTS[name] as readonly Grant[]).flatMap((grant) => grant.actions);
  if (!actions.some((action) => action.startsWith('dynamodb:'))) return [];
  return actions.some((action) => TABLE_WRITES.includes(action)) ? [...KEY_READ, ...KEY_WRITE] : KEY_READ;
}

/** What reading and writing an object takes of the stage's own key, through S3 only. Bucket keys serve for both. */
const OBJECT_KEY_ACTIONS: Readonly<Record<string, string>> = {
  's3:GetObject': 'kms:Decrypt',
  's3:PutObject': 'kms:GenerateDataKey',
};

/** What a function may do with that key for the objects that it may read or write. */
export function objectKeyActionsOf(name: FunctionName): readonly string[] {
  const actions = (GRANTS[name] as readonly Grant[]).flatMap((grant) => grant.actions);
  return [...new Set(actions.flatMap((action) => OBJECT_KEY_ACTIONS[action] ?? []))];
}
