import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import type { Policy } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CorsRule,
  HttpMethods,
  type LifecycleRule,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { LIMITS } from '../../core/contract/limits.ts';
import { UPLOADS, VALUES } from '../../core/object-keys.ts';
import type { StageConfig } from '../stage-schema.ts';

/** An upload can be submitted for an hour; S3 counts in days. */
const UPLOAD_DAYS = 1;

/** The longest that a task can wait for its time (api.md, Limits: scheduled_at up to a year ahead). */
const SCHEDULED_DAYS = 366;

/** The longest that a policy's attempts can take: 100, each a day after the one before. */
const ATTEMPTS_DAYS = LIMITS.maxAttempts * (LIMITS.delaySeconds / 86_400);

/** Lives that the net leaves a task: its own, and one more by a manual retry on the last day of its retention. */
const LIVES = 2;

/**
 * Payloads and outputs that are too large for the tables, and uploads that nobody has submitted yet. Encrypted
 * with the stage's own key, else with S3's of the account; TLS only; not public. It is unnamed, as the tables are.
 */
export class ValueBucket extends Construct {
  readonly bucket: Bucket;
  /** As other stacks import it: cdk-nag knows it by that name, before the synthesis and after. */
  readonly arn: string;
  /** The parts of it that the functions' grants name. */
  readonly arns: Readonly<Record<'uploads' | 'values' | 'values-bucket', readonly string[]>>;

  constructor(scope: Construct, id: string, config: StageConfig, key: IKey | undefined) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      ...(key === undefined
        ? { encryption: BucketEncryption.KMS_MANAGED }
        : { encryption: BucketEncryption.KMS, encryptionKey: key }),
      // One data key of the bucket for many objects: few calls of KMS.
      bucketKeyEnabled: true,
      enforceSSL: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      // No key is ever written a second time, and what is deleted is to be gone.
      versioned: false,
      removalPolicy: config.protectData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      lifecycleRules: lifecycleOf(config),
      cors: corsOf(config),
    });
    this.arn = Stack.of(this).exportValue(this.bucket.bucketArn);
    this.arns = {
      uploads: [`${this.arn}/${UPLOADS}*`],
      values: [`${this.arn}/${VALUES}*`],
      'values-bucket': [this.arn],
    };
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'Server access logs would want a bucket of their own that grows for ever; the functions log each task, and who needs more turns on data events of CloudTrail.',
    });
  }
}

/** Says why a policy may name all objects below a prefix: the objects of tasks are not known when it is deployed. */
export function acknowledgePrefixes(policy: Policy, { arn }: ValueBucket): void {
  const imported = Stack.of(policy).resolve(arn) as { readonly 'Fn::ImportValue': string };
  for (const prefix of [VALUES, UPLOADS]) {
    Validations.of(policy).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${imported['Fn::ImportValue']}/${prefix}*]`,
      reason:
        'One object for each large value: a function may touch those of one prefix of one bucket, and no others.',
    });
  }
}

/**
 * Objects go with their task's row. What is left over (an attempt that died before its result, a submission that
 * was never stored) goes by age, later than any task can live.
 */
function lifecycleOf({ retentionDays }: StageConfig): LifecycleRule[] {
  const life = SCHEDULED_DAYS + ATTEMPTS_DAYS + retentionDays;
  return [
    { id: 'parts', abortIncompleteMultipartUploadAfter: Duration.days(1) },
    { id: 'uploads', prefix: UPLOADS, expiration: Duration.days(UPLOAD_DAYS) },
    { id: 'values', prefix: VALUES, expiration: Duration.days(LIVES * life) },
  ];
}

/** Pages that may call the API may upload and download too. */
function corsOf({ http: { corsOrigins } }: StageConfig): CorsRule[] {
  if (corsOrigins.length === 0) return [];
  return [
    {
      allowedOrigins: corsOrigins,
      allowedMethods: [HttpMethods.GET, HttpMethods.PUT],
      allowedHeaders: ['content-type'],
      maxAge: 3600,
    },
  ];
}
