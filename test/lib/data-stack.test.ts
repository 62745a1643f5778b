import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { propertiesOf, resourcesOf, templatesOf } from './synthesized-stage.ts';

const TABLE = 'AWS::DynamoDB::Table';
const prod = templatesOf('prod');
const dev = templatesOf('dev');
const local = templatesOf('local');
const ownKey = templatesOf('prod', {
  customerManagedKey: true,
  identity: { kind: 'oidc', issuer: 'https://id.example.com/', audience: ['tasklane'] },
});

describe('the data stack', () => {
  it('has the four tables, the bucket, the pool and the secret, and nothing that costs while idle but these', () => {
    prod.data.resourceCountIs(TABLE, 4);
    const types = new Set(
      Object.values(prod.data.toJSON().Resources as Record<string, { Type: string }>).map(({ Type }) => Type),
    );
    expect([...types].sort()).toEqual([
      'AWS::Cognito::UserPool',
      'AWS::Cognito::UserPoolClient',
      'AWS::Cognito::UserPoolDomain',
      'AWS::Cognito::UserPoolGroup',
      'AWS::Cognito::UserPoolResourceServer',
      TABLE,
      'AWS::S3::Bucket',
      'AWS::S3::BucketPolicy',
      'AWS::SecretsManager::Secret',
    ]);
  });

  it('passes few references to the other stacks', () => {
    const outputs = Object.values(prod.data.toJSON().Outputs as Record<string, { Export?: unknown }>);
    // Tables: three ARNs, three names, one stream. The bucket's ARN and name. Identity: pool and three clients. Two secrets.
    expect(outputs.filter((output) => output.Export !== undefined)).toHaveLength(15);
  });
});

describe('every table', () => {
  it('is on demand, expires items, can be recovered to a point in time and has no name', () => {
    for (const { Properties } of resourcesOf(prod.data, TABLE)) {
      expect(Properties).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        TimeToLiveSpecification: { AttributeName: 'expires_at', Enabled: true },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        DeletionProtectionEnabled: true,
      });
      expect(Properties).not.toHaveProperty('TableName');
    }
  });

  it('outlives its stack in prod and goes with it in dev', () => {
    for (const table of resourcesOf(prod.data, TABLE)) {
      expect(table).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    }
    for (const table of resourcesOf(dev.data, TABLE)) {
      expect(table).toMatchObject({
        DeletionPolicy: 'Delete',
        Properties: { DeletionProtectionEnabled: false },
      });
    }
  });

  it('is encrypted with the key of the account where the stage asks for one', () => {
    ownKey.data.hasResourceProperties('AWS::KMS::Key', { EnableKeyRotation: true });
    for (const { Properties } of resourcesOf(ownKey.data, TABLE)) {
      expect(Properties).toMatchObject({ SSESpecification: { SSEEnabled: true, SSEType: 'KMS' } });
    }
    prod.data.resourceCountIs('AWS::KMS::Key', 0);
  });
});

describe('the tasks table', () => {
  const tasks = propertiesOf(prod.data, TABLE, 'TablesTasks');

  it('streams both images', () => {
    expect(tasks).toMatchObject({
      KeySchema: [{ AttributeName: 'task_id', KeyType: 'HASH' }],
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    });
  });

  it('has indexes of keys only', () => {
    const index = (IndexName: string, key: string, sort = 'listed_at') => ({
      IndexName,
      KeySchema: [
        { AttributeName: key, KeyType: 'HASH' },
        { AttributeName: sort, KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    });
    expect(tasks.GlobalSecondaryIndexes).toMatchObject([
      index('by-time', 'listed_in'),
      index('by-agent', 'agent_id'),
      index('failed', 'failed_in'),
      index('mailbox', 'mailbox', 'mailbox_at'),
      index('timers', 'timer_in', 'timer_at'),
    ]);
  });

  it('is ready for the peak of prod from its first minute, indexes included', () => {
    const warm = (writes: number) => ({
      WarmThroughput: { ReadUnitsPerSecond: 12_000, WriteUnitsPerSecond: writes },
    });
    expect(tasks).toMatchObject({
      ...warm(15_000),
      GlobalSecondaryIndexes: [warm(5000), warm(5000), {}, {}, {}],
    });
    expect(propertiesOf(prod.data, TABLE, 'TablesResults')).toMatchObject(warm(5000));
  });

  it('is left as a new table is where no peak is configured', () => {
    expect(JSON.stringify(dev.data.toJSON())).not.toContain('WarmThroughput');
  });
});

describe('the identities of a stage', () => {
  it('are one machine client per role, each with its own scope', () => {
    const clients = resourcesOf(prod.data, 'AWS::Cognito::UserPoolClient').map(
      ({ Properties }) => Properties,
    );
    expect(clients).toHaveLength(3);
    for (const client of clients) {
      expect(client).toMatchObject({
        AllowedOAuthFlows: ['client_credentials'],
        GenerateSecret: true,
        AccessTokenValidity: 60,
      });
      expect(client?.AllowedOAuthScopes).toHaveLength(1);
    }
    prod.data.hasResourceProperties('AWS::Cognito::UserPoolResourceServer', {
      Identifier: 'tasklane',
      Scopes: ['submit', 'execute', 'admin'].map((ScopeName) => Match.objectLike({ ScopeName })),
    });
    const groups = resourcesOf(prod.data, 'AWS::Cognito::UserPoolGroup').map(
      ({ Properties }) => Properties?.GroupName,
    );
    expect(groups).toEqual(['task_submitter', 'task_executor', 'admin']);
  });

  it('have tokens that live a working day in the stage local', () => {
    local.data.allResourcesProperties('AWS::Cognito::UserPoolClient', { AccessTokenValidity: 12 * 60 });
  });

  it('are elsewhere where the stage names an issuer', () => {
    ownKey.data.resourceCountIs('AWS::Cognito::UserPool', 0);
    ownKey.data.hasOutput('Issuer', { Value: 'https://id.example.com/' });
  });
});

describe('what people outside need', () => {
  it('is an output', () => {
    const outputs = Object.keys(prod.data.findOutputs('*')).filter((name) => !name.startsWith('Exports'));
    expect(outputs.sort()).toEqual([
      'AdminClientId',
      'ControlTable',
      'Issuer',
      'MetricsTable',
      'ResultsTable',
      'TaskExecutorClientId',
      'TaskSubmitterClientId',
      'TasksTable',
      'TokenEndpoint',
      'UserPoolId',
      'ValuesBucket',
      'WebhookSecretArn',
    ]);
  });
});
