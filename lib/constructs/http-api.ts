import { Aws, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  HttpApi as CdkHttpApi,
  CorsHttpMethod,
  HttpMethod,
  HttpNoneAuthorizer,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { StageConfig } from '../stage-schema.ts';
import type { Identity } from './identity.ts';

/** The functions that answer requests. */
type Answering = 'api' | 'wait' | 'claims' | 'docs';

interface RouteSpec {
  /** @default all paths that no other route has */
  readonly path?: string;
  /** @default any */
  readonly method?: HttpMethod;
  readonly to: Answering;
  /** Why anyone may call it. @default a token is demanded */
  readonly open?: string;
}

const ROUTES: readonly RouteSpec[] = [
  {
    path: '/api/v1/health',
    method: HttpMethod.GET,
    to: 'api',
    open: 'Monitors ask it without credentials; it tells states, no data.',
  },
  {
    path: '/api/v1/openapi.json',
    method: HttpMethod.GET,
    to: 'api',
    open: 'The contract is public; it holds no data.',
  },
  {
    path: '/api/v1/docs',
    method: HttpMethod.GET,
    to: 'docs',
    open: 'The page of the public contract; it holds no data.',
  },
  {
    path: '/api/v1/docs/{proxy+}',
    method: HttpMethod.GET,
    to: 'docs',
    open: 'Styles and scripts of the public page.',
  },
  { path: '/api/v1/tasks/{task_id}', method: HttpMethod.GET, to: 'wait' },
  { path: '/api/v1/tasks/{task_id}/result', method: HttpMethod.GET, to: 'wait' },
  { path: '/api/v1/agents/{agent_id}/claims', method: HttpMethod.POST, to: 'claims' },
  { path: '/api/v1/{proxy+}', to: 'api' },
];

/** Requests for no path of ours, which shall get a problem document too. */
const ELSEWHERE: RouteSpec = {
  to: 'api',
  open: 'It answers 404; whatever needs a token, the function refuses without one.',
};

/** Preflights, where the stage allows other origins. */
const PREFLIGHT: RouteSpec = {
  path: '/api/v1/{proxy+}',
  method: HttpMethod.OPTIONS,
  to: 'api',
  open: 'A browser sends preflights without credentials; API Gateway answers them itself.',
};

/** One short line a request. */
const ACCESS_LOG = AccessLogFormat.custom(
  JSON.stringify({
    request_id: '$context.requestId',
    route: '$context.routeKey',
    status: '$context.status',
    latency_ms: '$context.responseLatency',
  }),
);

export interface HttpApiProps {
  readonly config: StageConfig;
  readonly identity: Identity;
  readonly functions: Readonly<Record<Answering, LambdaFunction>>;
}

/** The HTTP API: routes, the check of tokens, access logs and throttling. */
export class HttpApi extends Construct {
  readonly apiId: string;
  /** What stands before `/api/v1`. */
  readonly url: string;

  constructor(scope: Construct, id: string, { config, identity, functions }: HttpApiProps) {
    super(scope, id);
    const authorizer = new HttpJwtAuthorizer('Jwt', identity.issuer, {
      authorizerName: 'jwt',
      jwtAudience: [...identity.audience],
    });
    const integrations = {
      api: integrationOf('api', functions.api),
      wait: integrationOf('wait', functions.wait),
      claims: integrationOf('claims', functions.claims),
      docs: integrationOf('docs', functions.docs),
    };
    const api = new CdkHttpApi(this, 'Api', {
      apiName: `tasklane-${config.stage}`,
      createDefaultStage: false,
      ...corsOf(config.http.corsOrigins),
    });
    const preflight = config.http.corsOrigins.length > 0 ? [PREFLIGHT] : [];
    for (const { path, method = HttpMethod.ANY, to, open } of [...ROUTES, ...preflight, ELSEWHERE]) {
      const route = new HttpRoute(
        this,
        path === undefined ? 'Elsewhere' : `${method} ${path.replace('/api/v1/', '')}`,
        {
          httpApi: api,
          routeKey: path === undefined ? HttpRouteKey.DEFAULT : HttpRouteKey.with(path, method),
          integration: integrations[to],
          authorizer: open === undefined ? authorizer : new HttpNoneAuthorizer(),
        },
      );
      if (open !== undefined) Validations.of(route).acknowledge({ id: 'AwsSolutions-APIG4', reason: open });
    }

    const logGroup = new LogGroup(this, 'AccessLogs', {
      // The prefix keeps the account's policy for log delivery short.
      logGroupName: `/aws/vendedlogs/tasklane/${config.stage}/access`,
      retention: config.logs.retentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new HttpStage(this, 'Stage', {
      httpApi: api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: config.http.ratePerSecond, burstLimit: config.http.burst },
      accessLogSettings: { destination: new LogGroupLogDestination(logGroup), format: ACCESS_LOG },
    });
    this.apiId = api.apiId;
    this.url = `https://${api.apiId}.execute-api.${Aws.REGION}.${Aws.URL_SUFFIX}`;
  }
}

/** One permission for all routes of a function: each of its own would only make its policy long. */
function integrationOf(name: Answering, target: LambdaFunction): HttpLambdaIntegration {
  return new HttpLambdaIntegration(name, target, { scopePermissionToRoute: false });
}

function corsOf(origins: readonly string[]) {
  if (origins.length === 0) return {};
  return {
    corsPreflight: {
      allowOrigins: [...origins],
      allowMethods: [CorsHttpMethod.ANY],
      allowHeaders: ['authorization', 'content-type', 'idempotency-key', 'if-match', 'if-none-match'],
      exposeHeaders: ['location', 'x-request-id', 'etag', 'retry-after'],
    },
  };
}
