import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod';
import { checkInput } from '../../../core/contract/input-errors.ts';
import { LIMITS } from '../../../core/contract/limits.ts';
import { DomainError, validationFailed } from '../../../core/errors.ts';
import { parseStrictJson } from '../../../core/strict-json.ts';

/** The JSON of a request's body. Throws a DomainError for one that is too large, no JSON, or of another type. */
export function jsonBodyOf(event: APIGatewayProxyEventV2): unknown {
  const value = parsed(bytesOf(event));
  demandJson(event.headers['content-type']);
  return value;
}

const noFields = z.strictObject({}).nullable();

/** Throws a DomainError for a body that says anything, where there is nothing to say: all its fields are unknown. */
export function demandNoFields(event: APIGatewayProxyEventV2): void {
  const bytes = bytesOf(event);
  if (bytes.length === 0) return;
  const checked = checkInput(noFields, parsed(bytes));
  if (!checked.ok) throw validationFailed(checked.errors);
}

function bytesOf(event: APIGatewayProxyEventV2): Buffer {
  return Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
}

function parsed(bytes: Buffer): unknown {
  if (bytes.length > LIMITS.bodyBytes) {
    const text = `the body has ${bytes.length} bytes; at most ${LIMITS.bodyBytes} are allowed`;
    throw new DomainError('payload_too_large', text, { limit: LIMITS.bodyBytes, value: bytes.length });
  }
  return parseStrictJson(decode(bytes));
}

/** JSON must not be called anything else; a body without a type is taken for JSON. */
function demandJson(contentType = 'application/json'): void {
  const mediaType = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (/^application\/([a-z0-9.+-]+\+)?json$/.test(mediaType)) return;
  const text = `the body is ${JSON.stringify(mediaType.slice(0, 100))}; send application/json`;
  throw new DomainError('unsupported_media_type', text);
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new DomainError('invalid_json', 'the body is no UTF-8');
  }
}
