import { S3Client } from '@aws-sdk/client-s3';

/** A connection within 1 s; an answer begins within 15 s, and never pauses so long: a copy of 50 MB takes a second. */
const TIMEOUTS = {
  connectionTimeout: 1000,
  requestTimeout: 15_000,
  socketTimeout: 15_000,
  throwOnRequestTimeout: true,
};

/**
 * A link to put an object would carry the checksum of an empty body: TLS and the signature guard the bodies. An
 * endpoint of one's own has no name for each bucket, so there the path names it.
 */
export const buildS3Client = (): S3Client =>
  new S3Client({
    maxAttempts: 3,
    requestHandler: TIMEOUTS,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    forcePathStyle: process.env.AWS_ENDPOINT_URL !== undefined,
  });
