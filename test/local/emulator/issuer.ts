import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer } from 'node:http';

/** An OIDC issuer on the loopback interface that signs whatever it is told to. */
export interface Issuer {
  readonly url: string;
  readonly sign: (claims: unknown, header?: object, key?: KeyObject) => string;
  readonly close: () => void;
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Starts an issuer with one key; it serves discovery and key set. */
export const startIssuer = async (): Promise<Issuer> => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'key-1', alg: 'RS256', use: 'sig' };
  let url = '';
  const server = createServer((request, response) => {
    const isDiscovery = request.url?.endsWith('/openid-configuration');
    const document = isDiscovery ? { issuer: url, jwks_uri: `${url}/keys` } : { keys: [jwk] };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(document));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;

  return {
    url,
    sign: (claims, header = { alg: 'RS256', kid: 'key-1' }, key = privateKey) => {
      const signed = `${encode(header)}.${encode(claims)}`;
      return `${signed}.${createSign('RSA-SHA256').update(signed).sign(key, 'base64url')}`;
    },
    close: () => server.close(),
  };
};
