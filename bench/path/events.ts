import { randomUUID } from 'node:crypto';
import type { DynamoDBRecord, SQSRecord } from 'aws-lambda';
import { localAccount, localRegion } from '../../local/aws-environment.ts';
import type { StreamChange } from '../stub/stub-tables.ts';

/** The event of a queue's messages, as Lambda's mapping hands it to a function, as JSON text. */
export function queueEvent(queue: string, bodies: readonly string[]): string {
  const Records = bodies.map(
    (body): SQSRecord => ({
      messageId: randomUUID(),
      // As long as those of SQS are.
      receiptHandle: `AQEB${'wJnKyrHigUMZj6rYigCgxlaS3SLy0a'.repeat(12)}`,
      body,
      attributes: {
        ApproximateReceiveCount: '1',
        AWSTraceHeader:
          'Root=1-67da4b8c-0f4ab4e8a1f0f3c1a2b3c4d5;Parent=0f4ab4e8a1f0f3c1;Sampled=0;Lineage=1:a1b2c3d4:0',
        SentTimestamp: String(Date.now()),
        SenderId: 'AROAIWPX5BD2BHG722MW4:tasklane-dispatcher',
        ApproximateFirstReceiveTimestamp: String(Date.now()),
      },
      messageAttributes: {},
      md5OfBody: '7b270e59b47ff90a553787216d55d91d',
      eventSource: 'aws:sqs',
      eventSourceARN: `arn:aws:sqs:${localRegion}:${localAccount}:${queue}`,
      awsRegion: localRegion,
    }),
  );
  return JSON.stringify({ Records });
}

/** The event of a table's changes, as Lambda's stream mapping hands it to a function, as JSON text. */
export function streamEvent(changes: readonly StreamChange[]): string {
  const Records = changes.map(
    ({ table, old, new: NewImage }, index) =>
      ({
        eventID: randomUUID().replaceAll('-', ''),
        eventName: old === undefined ? 'INSERT' : 'MODIFY',
        eventVersion: '1.1',
        eventSource: 'aws:dynamodb',
        awsRegion: localRegion,
        dynamodb: {
          ApproximateCreationDateTime: Math.floor(Date.now() / 1000),
          Keys: { task_id: NewImage.task_id },
          NewImage,
          ...(old === undefined ? {} : { OldImage: old }),
          SequenceNumber: String(421_584_500_000_000_000_000 + index),
          SizeBytes: 900,
          StreamViewType: 'NEW_AND_OLD_IMAGES',
        },
        eventSourceARN: `arn:aws:dynamodb:${localRegion}:${localAccount}:table/${table}/stream/2026-11-21T10:00:00.000`,
      }) as DynamoDBRecord,
  );
  return JSON.stringify({ Records });
}

/** The claims of a machine client of the user pool, as API Gateway's authorizer hands them on. */
const CLAIMS = {
  auth_time: '1795278827',
  client_id: '3n4b5urk1ft4fl3mg5e62d9ado',
  exp: '1795282427',
  iat: '1795278827',
  iss: 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_A1b2C3d4E',
  jti: 'a6c1d9a0-8f66-4d4f-9c2f-4b7f7a2f8c11',
  scope: 'tasklane/submit tasklane/execute tasklane/admin',
  sub: '3n4b5urk1ft4fl3mg5e62d9ado',
  token_use: 'access',
  version: '2',
};

export interface HttpCall {
  readonly method: 'GET' | 'POST';
  /** Below `/api/v1`. */
  readonly path: string;
  /** @default none */
  readonly query?: string;
  /** @default none */
  readonly body?: unknown;
  /** Further headers. @default none */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The event of a call by a machine client, as API Gateway's HTTP API hands it to a function, as JSON text. */
export function httpEvent({ method, path, query = '', body, headers = {} }: HttpCall): string {
  const rawPath = `/api/v1${path}`;
  return JSON.stringify({
    version: '2.0',
    routeKey: 'ANY /api/v1/{proxy+}',
    rawPath,
    rawQueryString: query,
    headers: {
      accept: '*/*',
      authorization: `Bearer ${'eyJraWQiOiJhYmNkZWZnaGlqa2xtbm9wcXJzdHV2'.repeat(25)}`,
      'content-type': 'application/json',
      host: 'a1b2c3d4e5.execute-api.us-east-1.amazonaws.com',
      'user-agent': 'tasklane-client',
      'x-amzn-trace-id': 'Root=1-67da4b8c-0f4ab4e8a1f0f3c1a2b3c4d5',
      'x-forwarded-for': '203.0.113.7',
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
      ...headers,
    },
    requestContext: {
      accountId: localAccount,
      apiId: 'a1b2c3d4e5',
      authorizer: { jwt: { claims: CLAIMS, scopes: null } },
      domainName: 'a1b2c3d4e5.execute-api.us-east-1.amazonaws.com',
      domainPrefix: 'a1b2c3d4e5',
      http: {
        method,
        path: rawPath,
        protocol: 'HTTP/1.1',
        sourceIp: '203.0.113.7',
        userAgent: 'tasklane-client',
      },
      requestId: 'JKJaXmPLvHcESHA=',
      routeKey: 'ANY /api/v1/{proxy+}',
      stage: '$default',
      time: '21/Nov/2026:10:00:00 +0000',
      timeEpoch: Date.now(),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    isBase64Encoded: false,
  });
}
