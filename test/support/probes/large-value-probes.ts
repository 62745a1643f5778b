import { ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { objectsOf, outputKeyOf, payloadKeyOf } from '../../../core/object-keys.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import { request } from '../api.ts';
import { aResult, aRow } from '../builders.ts';
import { output, s3 } from '../emulator-clients.ts';
import { putResult, putRow } from './probe-rows.ts';

/** Puts an object into the deployed bucket. */
export async function putObject(key: string, text: string): Promise<void> {
  await s3().send(new PutObjectCommand({ Bucket: output('ValuesBucket'), Key: key, Body: text }));
}

/** The keys of the objects that a row has in the deployed bucket. */
export async function objectKeysOf(row: TaskRow): Promise<readonly string[]> {
  const query = { Bucket: output('ValuesBucket'), Prefix: objectsOf(row) };
  const { Contents = [] } = await s3().send(new ListObjectsV2Command(query));
  return Contents.flatMap(({ Key }) => Key ?? []);
}

/** A row whose payload is an object, which is put unless it is to be lost. */
export async function withLargePayload(row: TaskRow, text: string | undefined): Promise<TaskRow> {
  const { payload: _, ...rest } = row;
  const large = { ...rest, payload_bytes: text?.length ?? 300_000, has_objects: true };
  if (text !== undefined) await putObject(payloadKeyOf(large), text);
  return large;
}

/** An ended task whose output is an object, which is put unless it is to be lost. */
export async function withLargeOutput(isThere: boolean): Promise<TaskRow> {
  const ended = { ...aRow(), status: 'completed', result_attempt: 1, attempt: 1 } as const;
  const row = await putRow({ ...ended, has_objects: true });
  const { output: _, ...result } = aResult(row, { expires_at: 2e9 });
  await putResult({ ...result, output_bytes: 300_000 });
  if (isThere) await putObject(outputKeyOf(row, 1), '"large"');
  return row;
}

/** Promises an upload, puts the text if there is one, and submits it. */
export async function submitUpload(text: string | undefined): Promise<{ status: number; body: unknown }> {
  const post = (path: string, body: object) =>
    request(path, { method: 'POST', role: 'task_submitter', body: JSON.stringify(body) });
  const { body } = await post('/uploads', { size: text?.length ?? 1 });
  const { upload_url = '', payload_ref } = (body ?? {}) as { upload_url?: string; payload_ref?: string };
  if (text !== undefined) {
    const { ok, status } = await fetch(upload_url, { method: 'PUT', body: text });
    if (!ok) throw new Error(`the link takes the upload: ${status}`);
  }
  return await post('/tasks', { type: 'echo', payload_ref });
}
