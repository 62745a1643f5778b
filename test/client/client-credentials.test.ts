import { describe, expect, it } from 'vitest';
import { clientCredentials } from '../../client/index.ts';

/** An issuer whose tokens live for so many seconds, and a clock that is moved by hand. */
function anIssuer(lifeSeconds: number, answers: (asked: number) => Response | undefined = () => undefined) {
  const requests: { url: string; headers: Headers; body: string }[] = [];
  const clock = { nowMs: 0 };
  const token = clientCredentials({
    tokenUrl: 'http://issuer/token',
    clientId: 'client',
    clientSecret: 's:cret',
    scope: 'tasklane/submit',
    nowMs: () => clock.nowMs,
    fetch: async (url, init) => {
      requests.push({ url: String(url), headers: new Headers(init?.headers), body: String(init?.body) });
      const answer = { access_token: `token-${requests.length}`, expires_in: lifeSeconds };
      return answers(requests.length) ?? Response.json(answer);
    },
  });
  return { token, requests, clock };
}

describe('client credentials', () => {
  it('asks for a token with the client and its scope', async () => {
    const { token, requests } = anIssuer(3600);
    expect(await token()).toBe('token-1');
    expect(requests[0]).toMatchObject({
      url: 'http://issuer/token',
      body: 'grant_type=client_credentials&scope=tasklane%2Fsubmit',
    });
    const basic = requests[0]?.headers.get('authorization')?.replace('Basic ', '') ?? '';
    expect(Buffer.from(basic, 'base64').toString()).toBe('client:s%3Acret');
  });

  it('keeps a token until a minute before its end', async () => {
    const { token, clock } = anIssuer(3600);
    await token();
    clock.nowMs = 3540_000 - 1;
    expect(await token()).toBe('token-1');
    clock.nowMs = 3540_000;
    expect(await token()).toBe('token-2');
  });

  it('keeps a short-lived one for nine tenths of its life', async () => {
    const { token, clock } = anIssuer(10);
    await token();
    clock.nowMs = 8999;
    expect(await token()).toBe('token-1');
    clock.nowMs = 9000;
    expect(await token()).toBe('token-2');
  });

  it('asks once for all who want one at the same time', async () => {
    const { token, requests } = anIssuer(3600);
    expect(await Promise.all([token(), token(), token()])).toEqual(['token-1', 'token-1', 'token-1']);
    expect(requests).toHaveLength(1);
  });

  it('fails with what the issuer says, and asks again next time', async () => {
    const { token } = anIssuer(3600, (asked) =>
      asked === 1 ? new Response('{"error":"invalid_client"}', { status: 400 }) : undefined,
    );
    await expect(token()).rejects.toThrow(/answered 400: .*invalid_client/);
    expect(await token()).toBe('token-2');
  });

  it('fails for an answer without a token', async () => {
    const { token } = anIssuer(3600, () => Response.json({}));
    await expect(token()).rejects.toThrow('without access_token');
  });
});
