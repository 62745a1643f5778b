import { describe, expect, it } from 'vitest';
import { propertiesOf, resourcesOf, templatesOf } from './synthesized-stage.ts';

const BUCKET = 'AWS::S3::Bucket';
const prod = templatesOf('prod');
const dev = templatesOf('dev');
const bucket = propertiesOf(prod.data, BUCKET);
const foreign = templatesOf('prod', {
  customerManagedKey: true,
  identity: { kind: 'oidc', issuer: 'https://id.example.com/', audience: ['tasklane'] },
  http: { ratePerSecond: 10, burst: 10, corsOrigins: ['https://console.example.com'] },
});

/** The default encryption of a bucket. */
function encryptionOf(properties: Readonly<Record<string, unknown>>) {
  const { ServerSideEncryptionConfiguration: rules } = properties.BucketEncryption as {
    ServerSideEncryptionConfiguration: readonly [
      { BucketKeyEnabled: boolean; ServerSideEncryptionByDefault: Readonly<Record<string, unknown>> },
    ];
  };
  return rules[0];
}

describe('the bucket of large values', () => {
  it('is private, has no name and keeps no versions', () => {
    expect(bucket.PublicAccessBlockConfiguration).toEqual({
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    });
    expect(bucket).not.toHaveProperty('BucketName');
    expect(bucket).not.toHaveProperty('VersioningConfiguration');
  });

  it('encrypts with a key of S3 in the account, or with that of the stage, and asks KMS once for many objects', () => {
    expect(encryptionOf(bucket)).toEqual({
      BucketKeyEnabled: true,
      ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' },
    });
    const own = encryptionOf(propertiesOf(foreign.data, BUCKET));
    expect(own.BucketKeyEnabled).toBe(true);
    expect(JSON.stringify(own.ServerSideEncryptionByDefault.KMSMasterKeyID)).toContain('TablesKey');
  });

  it('refuses plain HTTP', () => {
    const { PolicyDocument } = propertiesOf(prod.data, 'AWS::S3::BucketPolicy');
    expect((PolicyDocument as { Statement: unknown }).Statement).toMatchObject([
      { Effect: 'Deny', Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
    ]);
  });

  it('outlives its stack in prod and goes with it in dev', () => {
    expect(resourcesOf(prod.data, BUCKET)).toMatchObject([{ DeletionPolicy: 'Retain' }]);
    expect(resourcesOf(dev.data, BUCKET)).toMatchObject([{ DeletionPolicy: 'Delete' }]);
  });

  it('takes uploads from pages that may call the API, and from no others', () => {
    expect(bucket).not.toHaveProperty('CorsConfiguration');
    expect(propertiesOf(foreign.data, BUCKET).CorsConfiguration).toMatchObject({
      CorsRules: [{ AllowedMethods: ['GET', 'PUT'], AllowedOrigins: ['https://console.example.com'] }],
    });
  });
});

describe('what no task has any more', () => {
  it('goes by age: parts and uploads after a day', () => {
    const { Rules } = bucket.LifecycleConfiguration as { Rules: readonly object[] };
    expect(Rules).toMatchObject([
      { AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } },
      { Prefix: 'uploads/', ExpirationInDays: 1 },
      { Prefix: 'values/' },
    ]);
  });

  it('goes later than a task can live: a year to its time, 100 attempts a day apart, twice', () => {
    for (const { config, data } of [prod, dev]) {
      const { Rules } = propertiesOf(data, BUCKET).LifecycleConfiguration as {
        Rules: readonly { Prefix?: string; ExpirationInDays?: number }[];
      };
      const values = Rules.find(({ Prefix }) => Prefix === 'values/');
      expect(values?.ExpirationInDays).toBeGreaterThanOrEqual(2 * (365 + 100 + config.retentionDays));
    }
  });
});
