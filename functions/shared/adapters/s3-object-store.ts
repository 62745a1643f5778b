import { isUtf8 } from 'node:buffer';
import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { ObjectStore } from '../../../core/object-store.ts';

const CONTENT_TYPE = 'application/json';

/**
 * Objects in one bucket, which encrypts them by itself. Whoever asks for what is not there must be allowed to
 * list the bucket, or S3 answers 403 instead of 404.
 */
export class S3ObjectStore implements ObjectStore {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  async put(key: string, text: string): Promise<void> {
    await this.#client.send(
      new PutObjectCommand({ Bucket: this.#bucket, Key: key, Body: text, ContentType: CONTENT_TYPE }),
    );
  }

  async read(key: string): Promise<string | undefined> {
    return await unlessMissing(async () => {
      const { Body } = await this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key }));
      return decode((await Body?.transformToByteArray()) ?? new Uint8Array());
    });
  }

  async bytesOf(key: string): Promise<number | undefined> {
    return await unlessMissing(async () => {
      const head = await this.#client.send(new HeadObjectCommand({ Bucket: this.#bucket, Key: key }));
      return head.ContentLength ?? 0;
    });
  }

  async copy(from: string, to: string): Promise<void> {
    await this.#client.send(
      new CopyObjectCommand({
        Bucket: this.#bucket,
        Key: to,
        CopySource: `${this.#bucket}/${from}`,
        // Whatever type the uploader has named: what reads it by a link shall take it for JSON.
        MetadataDirective: 'REPLACE',
        ContentType: CONTENT_TYPE,
      }),
    );
  }

  async linkToRead(key: string, seconds: number): Promise<string> {
    const command = new GetObjectCommand({ Bucket: this.#bucket, Key: key });
    return await getSignedUrl(this.#client, command, { expiresIn: seconds });
  }

  /** The length is signed, so S3 refuses a body of any other. */
  async linkToPut(key: string, bytes: number, seconds: number): Promise<string> {
    const command = new PutObjectCommand({ Bucket: this.#bucket, Key: key, ContentLength: bytes });
    return await getSignedUrl(this.#client, command, { expiresIn: seconds });
  }

  /** A page of a list has 1,000 keys, and DeleteObjects takes as many. */
  async removeAll(prefix: string): Promise<void> {
    const pages = paginateListObjectsV2({ client: this.#client }, { Bucket: this.#bucket, Prefix: prefix });
    for await (const { Contents = [] } of pages) {
      if (Contents.length === 0) continue;
      const { Errors = [] } = await this.#client.send(
        new DeleteObjectsCommand({
          Bucket: this.#bucket,
          Delete: { Objects: Contents.map(({ Key }) => ({ Key })), Quiet: true },
        }),
      );
      const [first] = Errors;
      if (first !== undefined)
        throw new Error(`${first.Key} was not removed: ${first.Code} ${first.Message}`);
    }
  }
}

/** No JSON begins with the sign that stands for what is no UTF-8: an upload in another encoding is not taken for text. */
function decode(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes);
  return isUtf8(bytes) ? text : `\ufffd${text}`;
}

/** Undefined where S3 says that there is no such object; a missing bucket is an error like any other. */
async function unlessMissing<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Error && (error.name === 'NoSuchKey' || error.name === 'NotFound')) return undefined;
    throw error;
  }
}
