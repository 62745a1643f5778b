import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { LIMITS } from '../../../core/contract/limits.ts';
import { DomainError } from '../../../core/errors.ts';
import { parseStrictJson } from '../../../core/strict-json.ts';

/** The JSON of a request's body. Throws a DomainError for one that is too large, no JSON, or of another type. */
export function jsonBodyOf(event: APIGatewayProxyEventV2): unknown {
  const bytes = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > LIMITS.bodyBytes) {
    const text = `the body has ${bytes.length} bytes; at most ${LIMITS.bodyBytes} are allowed`;
    throw new DomainError('payload_too_large', text, { limit: LIMITS.bodyBytes, value: bytes.length });
  }
  const value = parseStrictJson(decode(bytes));
  demandJson(event.headers['content-type']);
  return value;
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
