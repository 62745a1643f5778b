import { describe, expect, it } from 'vitest';
import { propertiesOf, resourcesOf, templatesOf } from './synthesized-stage.ts';

const { config, api } = templatesOf('prod');
const foreign = templatesOf('prod', {
  identity: { kind: 'oidc', issuer: 'https://id.example.com/', audience: ['tasklane', 'console'] },
  http: { ...config.http, corsOrigins: ['https://console.example.com'] },
});

/** Each route's key, whether a token is demanded, and the function that answers. */
function routesOf(template: typeof api): Readonly<Record<string, string>> {
  const integrations = template.findResources('AWS::ApiGatewayV2::Integration');
  const functionOf = (target: unknown) => {
    const id = Object.keys(integrations).find((key) => JSON.stringify(target).includes(`"${key}"`)) ?? '';
    return /Answer(api|wait|claims|docs)/.exec(JSON.stringify(integrations[id]))?.[1];
  };
  const routes = resourcesOf(template, 'AWS::ApiGatewayV2::Route').map(({ Properties }) => [
    String(Properties?.RouteKey),
    `${functionOf(Properties?.Target)} ${Properties?.AuthorizationType}`,
  ]);
  return Object.fromEntries(routes) as Record<string, string>;
}

describe('the routes', () => {
  it('demand a token for everything but health, contract and its page; long polls have their own function', () => {
    expect(routesOf(api)).toEqual({
      'GET /api/v1/health': 'api NONE',
      'GET /api/v1/openapi.json': 'api NONE',
      'GET /api/v1/docs': 'docs NONE',
      'GET /api/v1/docs/{proxy+}': 'docs NONE',
      'GET /api/v1/tasks/{task_id}': 'wait JWT',
      'GET /api/v1/tasks/{task_id}/result': 'wait JWT',
      'POST /api/v1/agents/{agent_id}/claims': 'claims JWT',
      'ANY /api/v1/{proxy+}': 'api JWT',
      $default: 'api NONE',
    });
  });

  it('let preflights pass where the stage allows other origins', () => {
    expect(routesOf(foreign.api)).toMatchObject({ 'OPTIONS /api/v1/{proxy+}': 'api NONE' });
    foreign.api.hasResourceProperties('AWS::ApiGatewayV2::Api', {
      CorsConfiguration: { AllowOrigins: ['https://console.example.com'] },
    });
    expect(propertiesOf(api, 'AWS::ApiGatewayV2::Api')).not.toHaveProperty('CorsConfiguration');
  });
});

describe('the authorizer', () => {
  it('takes tokens of the three machine clients of the pool', () => {
    const { JwtConfiguration } = propertiesOf(api, 'AWS::ApiGatewayV2::Authorizer');
    const { Issuer, Audience } = JwtConfiguration as { Issuer: unknown; Audience: unknown[] };
    expect(JSON.stringify(Issuer)).toContain('https://cognito-idp.');
    expect(Audience).toHaveLength(3);
  });

  it('takes tokens of the configured issuer', () => {
    expect(propertiesOf(foreign.api, 'AWS::ApiGatewayV2::Authorizer').JwtConfiguration).toEqual({
      Issuer: 'https://id.example.com/',
      Audience: ['tasklane', 'console'],
    });
  });
});

describe('the stage of the API', () => {
  const stage = propertiesOf(api, 'AWS::ApiGatewayV2::Stage');

  it('is throttled', () => {
    expect(stage).toMatchObject({
      StageName: '$default',
      DefaultRouteSettings: { ThrottlingRateLimit: 5000, ThrottlingBurstLimit: 5000 },
    });
  });

  it('writes one short line a request', () => {
    const { Format } = stage.AccessLogSettings as { Format: string };
    expect(JSON.parse(Format)).toEqual({
      request_id: '$context.requestId',
      route: '$context.routeKey',
      status: '$context.status',
      latency_ms: '$context.responseLatency',
    });
  });

  it('may invoke each function by one permission', () => {
    api.resourceCountIs('AWS::Lambda::Permission', 4);
  });
});

describe('long polls', () => {
  it('have a concurrency of their own and end within the 30 s of API Gateway', () => {
    expect(propertiesOf(api, 'AWS::Lambda::Function', 'Answerwait')).toMatchObject({
      ReservedConcurrentExecutions: config.wait.reservedConcurrency,
      Timeout: 30,
    });
  });
});

describe('the api function', () => {
  it('knows shards and claims of the stage', () => {
    expect(propertiesOf(api, 'AWS::Lambda::Function', 'Answerapi').Environment).toMatchObject({
      Variables: {
        STAGE: 'prod',
        TIME_INDEX_SHARDS: '8',
        TENANT_CLAIM: 'client_id',
        GROUPS_CLAIM: 'cognito:groups',
      },
    });
  });
});
