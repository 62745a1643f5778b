import { TasklaneClient } from '../../client/index.ts';
import type { Role } from '../../local/tokens.ts';
import { deployment } from './emulator-clients.ts';

/** A client of the shared deployment, in a role. */
export function clientAs(role: Role): TasklaneClient {
  const { url, tokens } = deployment();
  return new TasklaneClient({ baseUrl: url, token: tokens[role] });
}

/** A request to the shared deployment as it stands, for what the client would not send. */
export async function request(
  path: string,
  { role, token, ...init }: RequestInit & { role?: Role; token?: string } = {},
): Promise<{ status: number; headers: Headers; body: unknown; text: string }> {
  const { url, tokens } = deployment();
  const headers = new Headers(init.headers);
  const bearer = token ?? (role === undefined ? undefined : tokens[role]);
  if (bearer !== undefined) headers.set('authorization', `Bearer ${bearer}`);
  if (init.body !== undefined && !headers.has('content-type'))
    headers.set('content-type', 'application/json');
  const answer = await fetch(`${url}/api/v1${path}`, { ...init, headers });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, body: parse(text) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
