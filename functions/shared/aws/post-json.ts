import http from 'node:http';
import https from 'node:https';
import { TIMEOUTS } from '../timeouts.ts';
import type { JsonRequest } from './sign-request.ts';

/** As many connections as the SDK allows itself. */
const AGENT = { keepAlive: true, maxSockets: 50 } as const;
const httpAgent = new http.Agent(AGENT);
const httpsAgent = new https.Agent(AGENT);

/** The text of the answer, or undefined for any answer but a 200. Rejects when there is none in time. */
export function postJson(url: URL, { headers, body }: JsonRequest): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const isHttps = url.protocol === 'https:';
    const request = (isHttps ? https : http).request({
      agent: isHttps ? httpsAgent : httpAgent,
      host: url.hostname,
      port: url.port,
      method: 'POST',
      path: '/',
      headers,
      timeout: TIMEOUTS.requestTimeout,
    });
    request.on('timeout', () => request.destroy(new Error('no answer in time')));
    request.on('error', reject);
    request.on('response', (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('end', () =>
        resolve(response.statusCode === 200 ? Buffer.concat(parts).toString() : undefined),
      );
    });
    request.end(body);
  });
}
