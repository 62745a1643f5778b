import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

/** What a route answers. */
export interface Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. @default nothing */
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly raw?: string | Buffer;
}

/** An answer in the form that API Gateway takes; headers of the answer itself win. */
export function renderAnswer(answer: Answer, requestId: string): APIGatewayProxyStructuredResultV2 {
  const { status, headers, body, raw } = answer;
  return {
    statusCode: status,
    headers: {
      ...(body === undefined && raw === undefined ? {} : { 'content-type': 'application/json' }),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...headers,
      'x-request-id': requestId,
    },
    body: typeof raw === 'string' ? raw : (raw?.toString('base64') ?? JSON.stringify(body) ?? ''),
    ...(Buffer.isBuffer(raw) ? { isBase64Encoded: true } : {}),
  };
}
