import { CfnOutput, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { buildIdentity, type Identity } from '../constructs/identity.ts';
import { TaskTables } from '../constructs/task-tables.ts';
import { ValueBucket } from '../constructs/value-bucket.ts';
import { stackProps } from '../stack-props.ts';
import type { StageConfig } from '../stage-schema.ts';

/** All that must outlive a deployment of code: tables, large values, identities, the secret of the cursors. */
export class DataStack extends Stack {
  readonly tables: TaskTables;
  readonly values: ValueBucket;
  readonly identity: Identity;
  /** ARN of the secret whose current and previous versions sign cursors and references of uploads. */
  readonly cursorSecretArn: string;
  /** ARN of the secret whose current and previous versions sign webhook deliveries. */
  readonly webhookSecretArn: string;

  constructor(scope: Construct, config: StageConfig) {
    super(scope, 'Data', stackProps(config, 'Data', 'tables, identities and secrets'));
    this.tables = new TaskTables(this, 'Tables', config);
    this.values = new ValueBucket(this, 'Values', config, this.tables.key);
    this.identity = buildIdentity(this, config);
    this.cursorSecretArn = this.buildSecret(config, 'CursorSecret', {
      description: 'signs cursors of lists and references of uploads',
      rotation:
        'It signs cursors and references of uploads, nothing else. Rotate it by putting a new value: what the previous one has signed stays valid until the next.',
    });
    this.webhookSecretArn = this.buildSecret(config, 'WebhookSecret', {
      description: 'signs webhook deliveries',
      rotation:
        'Receivers know it. Rotate it by putting a new value: deliveries are signed with both until the next, so receivers change in their own time.',
    });

    new CfnOutput(this, 'WebhookSecretArn', { value: this.webhookSecretArn });
    new CfnOutput(this, 'Issuer', { value: this.identity.issuer });
    new CfnOutput(this, 'TasksTable', { value: this.tables.tasks.tableName });
    new CfnOutput(this, 'ResultsTable', { value: this.tables.results.tableName });
    new CfnOutput(this, 'MetricsTable', { value: this.tables.metrics.tableName });
    new CfnOutput(this, 'ControlTable', { value: this.tables.control.tableName });
    new CfnOutput(this, 'ValuesBucket', { value: this.values.bucket.bucketName });
  }

  private buildSecret(
    config: StageConfig,
    id: string,
    { description, rotation }: { readonly description: string; readonly rotation: string },
  ): string {
    const secret = new CfnSecret(this, id, {
      description: `Tasklane ${config.stage}: ${description}`,
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
    });
    secret.applyRemovalPolicy(config.protectData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY);
    Validations.of(secret).acknowledge({ id: 'AwsSolutions-SMG4', reason: rotation });
    return secret.attrId;
  }
}
