import {
  CopyObjectCommand,
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import { errorOf } from '../error-of.ts';
import type { Proof } from '../proof.ts';
import { allow, settingsOfUser } from '../user.ts';

export const s3MissingObjects: Proof = {
  patch: 's3_missing_objects',
  states: 'an object that is not there is 404 only for who may list its bucket',
  prove: async (aws) => {
    const Bucket = 'proof-missing';
    await aws.s3.send(new CreateBucketCommand({ Bucket }));
    const arn = `arn:aws:s3:::${Bucket}`;
    const objects = allow(['s3:GetObject', 's3:PutObject'], `${arn}/*`);
    const reader = async (name: string, statements: readonly object[]) =>
      new S3Client({ ...(await settingsOfUser(aws, name, statements)), forcePathStyle: true });
    const blind = await reader('proof-blind', [objects]);
    const lister = await reader('proof-lister', [objects, allow('s3:ListBucket', arn)]);

    const missing = { Bucket, Key: 'missing/object' };
    const copy = { Bucket, Key: 'copy', CopySource: `${Bucket}/${missing.Key}` };
    const status = (httpStatusCode: number) => ({ $metadata: { httpStatusCode } });
    for (const [client, answer] of [
      [lister, status(404)],
      [blind, status(403)],
    ] as const) {
      expect(await errorOf(client.send(new GetObjectCommand(missing)))).toMatchObject(answer);
      expect(await errorOf(client.send(new HeadObjectCommand(missing)))).toMatchObject(answer);
      expect(await errorOf(client.send(new CopyObjectCommand(copy)))).toMatchObject(answer);
    }
  },
};
