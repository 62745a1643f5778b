import { CfnOutput, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { buildIdentity, type Identity } from '../constructs/identity.ts';
import { TaskTables } from '../constructs/task-tables.ts';
import { stackProps } from '../stack-props.ts';
import type { StageConfig } from '../stage-schema.ts';

/** All that must outlive a deployment of code: tables, identities, the secret of the cursors. */
export class DataStack extends Stack {
  readonly tables: TaskTables;
  readonly identity: Identity;
  /** ARN of the secret whose current and previous versions sign cursors. */
  readonly cursorSecretArn: string;
  /** ARN of the secret whose current and previous versions sign webhook deliveries. */
  readonly webhookSecretArn: string;

  constructor(scope: Construct, config: StageConfig) {
    super(scope, 'Data', stackProps(config, 'Data', 'tables, identities and secrets'));
    this.tables = new TaskTables(this, 'Tables', config);
    this.identity = buildIdentity(this, config);
    this.cursorSecretArn = this.buildSecret(config, 'CursorSecret', {
      description: 'signs the cursors of lists',
      rotation:
        'It signs cursors, nothing else. Rotate it by putting a new value: cursors signed with the previous one stay valid until the next.',
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
