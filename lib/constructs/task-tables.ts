import { RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
  type TableProps,
} from 'aws-cdk-lib/aws-dynamodb';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { StageConfig } from '../stage-schema.ts';
import { warmThroughputFor } from '../warm-throughput.ts';

/** Writes to the tasks table for one task on the normal path: create, claim, finish. */
const WRITES_PER_TASK = 3;

/** The indexes of the tasks table, all with keys only. Those that are not `busy` hold few of the tasks. */
const INDEXES = [
  { indexName: 'by-time', partitionKey: text('listed_in'), sortKey: text('listed_at'), busy: true },
  { indexName: 'by-agent', partitionKey: text('agent_id'), sortKey: text('listed_at'), busy: true },
  { indexName: 'failed', partitionKey: text('failed_in'), sortKey: text('listed_at'), busy: false },
  { indexName: 'mailbox', partitionKey: text('mailbox'), sortKey: text('mailbox_at'), busy: false },
  { indexName: 'timers', partitionKey: text('timer_in'), sortKey: number('timer_at'), busy: false },
] as const;

/**
 * The four tables. All are on demand, expire by `expires_at`, and are encrypted with a key that AWS owns unless
 * the stage has one of its own. They are unnamed: CloudFormation cannot replace what has a name.
 */
export class TaskTables extends Construct {
  /** The truth: one row a task. Its stream is the only source of side effects. */
  readonly tasks: Table;
  /** What attempts left; attempt 0 is a payload too large for the row. */
  readonly results: Table;
  readonly metrics: Table;
  readonly control: Table;
  /** The tables' key, where the stage has one of its own. */
  readonly key: Key | undefined;

  constructor(scope: Construct, id: string, config: StageConfig) {
    super(scope, id);
    const removalPolicy = config.protectData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    this.key = config.customerManagedKey
      ? new Key(this, 'Key', {
          description: `Tasklane ${config.stage}: tables`,
          enableKeyRotation: true,
          removalPolicy,
        })
      : undefined;
    const common = {
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: 'expires_at',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: config.pointInTimeRecovery },
      deletionProtection: config.protectData,
      removalPolicy,
      ...(this.key === undefined
        ? {}
        : { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey: this.key }),
    } as const satisfies Partial<TableProps>;

    this.tasks = new Table(this, 'Tasks', {
      ...common,
      partitionKey: text('task_id'),
      stream: StreamViewType.NEW_AND_OLD_IMAGES,
      ...warmThroughputFor(config.peakTasksPerSecond, WRITES_PER_TASK),
    });
    for (const { indexName, partitionKey, sortKey, busy } of INDEXES) {
      this.tasks.addGlobalSecondaryIndex({
        indexName,
        partitionKey,
        sortKey,
        projectionType: ProjectionType.KEYS_ONLY,
        // The entries of a busy one are written once, when the row is.
        ...(busy ? warmThroughputFor(config.peakTasksPerSecond, 1) : {}),
      });
    }
    this.results = new Table(this, 'Results', {
      ...common,
      partitionKey: text('task_id'),
      sortKey: { name: 'attempt', type: AttributeType.NUMBER },
      ...warmThroughputFor(config.peakTasksPerSecond, 1),
    });
    this.metrics = new Table(this, 'Metrics', {
      ...common,
      partitionKey: text('bucket'),
      sortKey: text('item'),
    });
    this.control = new Table(this, 'Control', { ...common, partitionKey: text('pk'), sortKey: text('sk') });
  }
}

function text(name: string): { name: string; type: AttributeType } {
  return { name, type: AttributeType.STRING };
}

function number(name: string): { name: string; type: AttributeType } {
  return { name, type: AttributeType.NUMBER };
}
