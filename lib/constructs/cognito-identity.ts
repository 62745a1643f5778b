import { Aws, CfnOutput, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import {
  FeaturePlan,
  OAuthScope,
  ResourceServerScope,
  UserPool,
  type UserPoolClient,
  UserPoolGroup,
} from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import type { StageConfig } from '../stage-schema.ts';

/** Roles, each with the scope that its machine client may ask for; people get a role by the group of its name. */
const ROLES = [
  { role: 'task_submitter', id: 'TaskSubmitter', scope: 'submit', may: 'submit and steer tasks' },
  { role: 'task_executor', id: 'TaskExecutor', scope: 'execute', may: 'execute tasks' },
  { role: 'admin', id: 'Admin', scope: 'admin', may: 'do everything' },
] as const;

export interface CognitoIdentityProps extends Pick<StageConfig, 'stage' | 'protectData'> {
  readonly tokenValidityHours: number;
}

/**
 * A user pool with the resource server `tasklane`, and one machine client and one group per role. Machine clients
 * cost 6 USD a month each and 2.25 USD per 1,000 tokens; any OpenID Connect issuer can stand in (`identity` of the
 * stage). Tokens are had at the TokenEndpoint by client_credentials.
 */
export class CognitoIdentity extends Construct {
  readonly issuer: string;
  readonly audience: readonly string[];

  constructor(scope: Construct, id: string, props: CognitoIdentityProps) {
    super(scope, id);
    const pool = new UserPool(this, 'Pool', {
      selfSignUpEnabled: false,
      featurePlan: FeaturePlan.ESSENTIALS,
      passwordPolicy: {
        minLength: 14,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
      },
      deletionProtection: props.protectData,
      removalPolicy: props.protectData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    Validations.of(pool).acknowledge(
      {
        id: 'AwsSolutions-COG2',
        reason:
          'Machines use the pool; no client lets a person sign in, so there is nobody to ask for a second factor.',
      },
      {
        id: 'AwsSolutions-COG8',
        reason: 'The Plus plan guards sign-ins of people; no client lets a person sign in.',
      },
    );
    const scopes = ROLES.map(
      (role) => new ResourceServerScope({ scopeName: role.scope, scopeDescription: role.may }),
    );
    const server = pool.addResourceServer('ResourceServer', { identifier: 'tasklane', scopes });
    const domain = pool.addDomain('Domain', {
      // Unique in its region, whoever else deploys Tasklane there.
      cognitoDomain: { domainPrefix: `tasklane-${props.stage}-${Aws.ACCOUNT_ID}` },
    });
    const clients = ROLES.map(({ role, id: roleId }, index) => {
      new UserPoolGroup(this, `${roleId}Group`, {
        userPool: pool,
        groupName: role,
        description: `May ${ROLES[index]?.may}`,
      });
      const own = scopes.slice(index, index + 1);
      return pool.addClient(`${roleId}Client`, {
        generateSecret: true,
        oAuth: {
          flows: { clientCredentials: true },
          scopes: own.map((one) => OAuthScope.resourceServer(server, one)),
        },
        accessTokenValidity: Duration.hours(props.tokenValidityHours),
      });
    });
    // Written out: the pool's own attribute is not known everywhere, and this is what tokens carry.
    this.issuer = `https://cognito-idp.${Aws.REGION}.amazonaws.com/${pool.userPoolId}`;
    this.audience = clients.map((client) => client.userPoolClientId);
    this.addOutputs(pool, clients, domain.domainName);
  }

  private addOutputs(pool: UserPool, clients: readonly UserPoolClient[], domainName: string): void {
    const stack = Stack.of(this);
    new CfnOutput(stack, 'UserPoolId', { value: pool.userPoolId });
    new CfnOutput(stack, 'TokenEndpoint', {
      value: `https://${domainName}.auth.${Aws.REGION}.amazoncognito.com/oauth2/token`,
    });
    for (const [index, client] of clients.entries()) {
      new CfnOutput(stack, `${ROLES[index]?.id}ClientId`, { value: client.userPoolClientId });
    }
  }
}
