import { generateKeyPairSync } from 'node:crypto';
import { expect } from 'vitest';
import { startIssuer } from '../issuer.ts';
import type { Proof } from '../proof.ts';
import { httpApi, inlineFunction, role } from '../resources.ts';

const handler = 'exports.handler = async () => ({ statusCode: 200, body: "in" });';
const protectedRoute = { AuthorizationType: 'JWT', AuthorizerId: { Ref: 'Authorizer' } };
const authorizer = (issuer: string) => ({
  Type: 'AWS::ApiGatewayV2::Authorizer',
  Properties: {
    ApiId: { Ref: 'Api' },
    Name: 'jwt',
    AuthorizerType: 'JWT',
    IdentitySource: ['$request.header.Authorization'],
    JwtConfiguration: { Issuer: issuer, Audience: ['tasklane'] },
  },
});

export const jwtRefusals: Proof = {
  patch: 'jwt_refusals',
  states: 'only a token of the issuer that is signed, in time and complete comes in; any other is 401',
  prove: async (aws) => {
    const issuer = await startIssuer();
    const name = 'proof-jwt';
    const resources = {
      Role: role(),
      Function: inlineFunction(handler, { FunctionName: name }),
      ...httpApi(protectedRoute),
      Authorizer: authorizer(issuer.url),
    };
    const output = await aws.createStack(name, resources, { Api: { Ref: 'Api' } });
    const statusFor = async (token?: string) => {
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const answer = await fetch(`${aws.url}/_aws/execute-api/${output('Api')}/$default/in`, { headers });
      const body = await answer.text();
      if (answer.status !== 200) expect([answer.status, body]).toEqual([401, '{"message": "Unauthorized"}']);
      return answer.status;
    };

    const now = Math.floor(Date.now() / 1000);
    const complete = { iss: issuer.url, aud: 'tasklane', sub: 'me', iat: now, exp: now + 600 };
    const { exp: _, ...endless } = complete;
    const unsigned = issuer.sign(complete, { alg: 'none', kid: 'key-1' }).replace(/[^.]*$/, '');
    const foreignKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const refused = {
      missing: undefined,
      garbage: 'a.b.c',
      'without exp': issuer.sign(endless),
      expired: issuer.sign({ ...complete, exp: now - 1 }),
      'not yet valid': issuer.sign({ ...complete, nbf: now + 600 }),
      'of another issuer': issuer.sign({ ...complete, iss: 'https://issuer.example' }),
      'for another audience': issuer.sign({ ...complete, aud: 'other' }),
      'alg none': unsigned,
      'of a foreign key': issuer.sign(complete, { alg: 'RS256', kid: 'key-1' }, foreignKey),
      'of an unknown key': issuer.sign(complete, { alg: 'RS256', kid: 'key-2' }),
      'without an object of claims': issuer.sign(['claims']),
      'with a header that is no object': issuer.sign(complete, ['header']),
      'with an exp that is no number': issuer.sign({ ...complete, exp: 'tomorrow' }),
    };
    try {
      expect(await statusFor(issuer.sign(complete))).toBe(200);
      const statuses = Object.entries(refused).map(async ([kind, token]) => [kind, await statusFor(token)]);
      const expected = Object.keys(refused).map((kind) => [kind, 401]);
      expect(await Promise.all(statuses)).toEqual(expected);
    } finally {
      issuer.close();
    }
  },
};
