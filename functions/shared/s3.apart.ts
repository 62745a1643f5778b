import { S3ObjectStore } from './adapters/s3-object-store.ts';
import { buildS3Client } from './s3-client.ts';

/** The objects of one bucket; bundled apart, so that S3 brings nothing into a cold start (lib/bundle-functions.ts). */
export const buildS3ObjectStore = (bucket: string): S3ObjectStore =>
  new S3ObjectStore(buildS3Client(), bucket);
