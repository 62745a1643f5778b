import { setTimeout as pause } from 'node:timers/promises';
import type { StackOutputs } from './deploy.ts';
import { requireOutput } from './require-output.ts';

const pollMs = 100;
const giveUpAfterMs = 60_000;

const isServed = async (apiUrl: string): Promise<boolean> => {
  try {
    const answer = await fetch(`${apiUrl}/api/v1/health`, { signal: AbortSignal.timeout(30_000) });
    return answer.ok;
  } catch {
    return false;
  }
};

/** Points the launcher's short address at the deployed API and returns it. */
export const routeToApi = async (endpoint: string, outputs: StackOutputs): Promise<string> => {
  const body = JSON.stringify({ api_id: requireOutput(outputs, 'ApiId') });
  const answer = await fetch(`${endpoint}/_tasklane/route`, { method: 'POST', body });
  if (!answer.ok)
    throw new Error(`The launcher does not route to the API: ${answer.status} ${await answer.text()}`);
  return endpoint;
};

/** Where an emulator that is not ours may serve the API. */
export const apiUrlsOf = (endpoint: string, outputs: StackOutputs): readonly string[] => [
  requireOutput(outputs, 'ApiUrl').replace(/\/$/, ''),
  `${endpoint}/_aws/execute-api/${requireOutput(outputs, 'ApiId')}/$default`,
];

/** The first of the addresses whose API says that it is well. Throws when none does within a minute. */
export const waitForApi = async (apiUrls: readonly string[], signal: AbortSignal): Promise<string> => {
  const giveUpAtMs = performance.now() + giveUpAfterMs;
  while (performance.now() < giveUpAtMs && !signal.aborted) {
    for (const apiUrl of apiUrls) if (await isServed(apiUrl)) return apiUrl;
    await pause(pollMs);
  }
  throw new Error(`The API does not say that it is well at ${apiUrls.join(' or ')}/api/v1/health.`);
};
