import { CreateBucketCommand, PutBucketPolicyCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Proof } from '../proof.ts';
import { allow, settingsOfUser } from '../user.ts';

export const forwardedProto: Proof = {
  patch: 'forwarded_proto',
  states: 'a bucket that demands TLS takes an upload',
  prove: async (aws) => {
    const Bucket = 'proof-tls';
    await aws.s3.send(new CreateBucketCommand({ Bucket }));
    const denyPlain = {
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:*',
      Resource: [`arn:aws:s3:::${Bucket}`, `arn:aws:s3:::${Bucket}/*`],
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    };
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [denyPlain] });
    await aws.s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    const settings = await settingsOfUser(aws, 'proof-tls', [
      allow('s3:PutObject', `arn:aws:s3:::${Bucket}/*`),
    ]);
    const s3 = new S3Client({ ...settings, forcePathStyle: true });
    await s3.send(new PutObjectCommand({ Bucket, Key: 'key', Body: 'text' }));
  },
};
