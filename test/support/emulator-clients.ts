import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { inject } from 'vitest';
import { awsClientSettings } from '../../local/aws-environment.ts';
import { requireOutput } from '../../local/require-output.ts';
import type { Deployment } from './deployment.ts';

/** The shared deployment of the end-to-end tests. */
export const deployment = (): Deployment => inject('deployment');

/** An output of the deployed stacks. */
export const output = (name: string): string => requireOutput(deployment().outputs, name);

/** Clients with the rights of the account's root, for looking behind the API. */
export const dynamoDb = (): DynamoDBClient => new DynamoDBClient(awsClientSettings(deployment().url));
/** As the functions have it, but for whom it signs. */
export const s3 = (): S3Client =>
  new S3Client({
    ...awsClientSettings(deployment().url),
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
export const sqs = (): SQSClient => new SQSClient(awsClientSettings(deployment().url));
