export interface ClientCredentialsOptions {
  /** The token endpoint of the issuer. */
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Scopes to ask for, separated by spaces. @default all that the client has */
  readonly scope?: string;
  /** @default the global one */
  readonly fetch?: typeof fetch;
  /** Milliseconds since 1970. @default the machine's clock */
  readonly nowMs?: () => number;
}

/** A token is renewed when a tenth of its life, but no more than a minute of it, is left. */
const MARGIN_SECONDS = 60;

interface Token {
  readonly token: string;
  readonly lifeSeconds: number;
}

/**
 * A token source for `TasklaneClient`: OAuth 2.0 client credentials. Each token is used until shortly before it
 * expires, since issuers charge for each; callers at the same time share one request for it.
 */
export function clientCredentials(options: ClientCredentialsOptions): () => Promise<string> {
  const { nowMs = Date.now } = options;
  let kept: { readonly answer: Promise<Token>; renewAtMs: number } | undefined;

  return async () => {
    if (kept === undefined || nowMs() >= kept.renewAtMs) {
      const asked = { answer: fetchToken(options), renewAtMs: Number.POSITIVE_INFINITY };
      kept = asked;
      const keep = ({ lifeSeconds }: Token) => {
        const marginSeconds = Math.min(MARGIN_SECONDS, lifeSeconds / 10);
        asked.renewAtMs = nowMs() + (lifeSeconds - marginSeconds) * 1000;
      };
      const forget = () => {
        if (kept === asked) kept = undefined;
      };
      asked.answer.then(keep, forget);
    }
    return (await kept.answer).token;
  };
}

async function fetchToken(options: ClientCredentialsOptions): Promise<Token> {
  const { tokenUrl, clientId, clientSecret, scope, fetch: send = fetch } = options;
  const basic = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`);
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    ...(scope === undefined ? {} : { scope }),
  });
  const answer = await send(tokenUrl, {
    method: 'POST',
    headers: {
      authorization: `Basic ${basic.toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: form.toString(),
  });
  if (!answer.ok)
    throw new Error(`${tokenUrl} answered ${answer.status}: ${(await answer.text()).slice(0, 200)}`);
  const { access_token, expires_in } = (await answer.json()) as {
    access_token?: string;
    expires_in?: number;
  };
  if (access_token === undefined) throw new Error(`${tokenUrl} answered without access_token`);
  return { token: access_token, lifeSeconds: expires_in ?? MARGIN_SECONDS };
}
