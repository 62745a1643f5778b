import { TextDecoder } from 'node:util';
import type { HttpResponse } from './http-message.ts';

/** A body as text, in the charset that its content-type names; UTF-8 if it names none, or one that is unknown. */
export function responseText(response: Pick<HttpResponse, 'headers' | 'body'>): string {
  const charset = /;\s*charset="?([^\s;"]+)/i.exec(response.headers['content-type'] ?? '')?.[1];
  return decoder(charset).decode(response.body);
}

function decoder(charset = 'utf-8'): TextDecoder {
  try {
    return new TextDecoder(charset);
  } catch {
    return new TextDecoder();
  }
}
