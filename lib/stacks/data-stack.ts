import { CfnOutput, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { buildIdentity, type Identity } from '../constructs/identity.ts';
import { TaskTables } from '../constructs/task-tables.ts';
import { stackProps } from '../stack-props.ts';
import type { StageConfig } from '../stage-schema.ts';

/** All that must outlive a deployment of code: tables, identities, the secret of the cursors. */
export class DataStack extends Stack {
  readonly tables: TaskTables;
  readonly identity: Identity;
  readonly cursorSecret: Secret;

  constructor(scope: Construct, config: StageConfig) {
    super(scope, 'Data', stackProps(config, 'Data', 'tables, identities and secrets'));
    this.tables = new TaskTables(this, 'Tables', config);
    this.identity = buildIdentity(this, config);
    this.cursorSecret = this.buildCursorSecret(config);

    new CfnOutput(this, 'Issuer', { value: this.identity.issuer });
    new CfnOutput(this, 'TasksTable', { value: this.tables.tasks.tableName });
    new CfnOutput(this, 'ResultsTable', { value: this.tables.results.tableName });
    new CfnOutput(this, 'MetricsTable', { value: this.tables.metrics.tableName });
    new CfnOutput(this, 'ControlTable', { value: this.tables.control.tableName });
  }

  private buildCursorSecret(config: StageConfig): Secret {
    const secret = new Secret(this, 'CursorSecret', {
      description: `Tasklane ${config.stage}: signs the cursors of lists`,
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy: config.protectData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'It signs cursors, nothing else. Put a new value to rotate it: cursors signed with the previous version stay valid until the value changes again.',
    });
    return secret;
  }
}
