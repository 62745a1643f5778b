/** Raw CloudFormation resources that the proofs are made of. */

/** A role that functions may take; the emulator lets the functions of these tests do nothing else. */
export const role = (statements: readonly object[] = []) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Statement: [
        { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
      ],
    },
    ...(statements.length > 0 && {
      Policies: [{ PolicyName: 'granted', PolicyDocument: { Version: '2012-10-17', Statement: statements } }],
    }),
  },
});

/** A function of inline code with the role `Role`. */
export const inlineFunction = (code: string, properties: object = {}) => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
    Timeout: 10,
    Code: { ZipFile: code },
    ...properties,
  },
});

/** A table with the partition key `pk` and a stream of old and new images. */
export const table = (properties: object = {}) => ({
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    ...properties,
  },
});

/** A standard queue. */
export const queue = (properties: object = {}) => ({ Type: 'AWS::SQS::Queue', Properties: properties });

/** The mapping of a queue, unless told otherwise `Queue`, to the function `Function`. */
export const queueMapping = (properties: object = {}) => ({
  Type: 'AWS::Lambda::EventSourceMapping',
  Properties: {
    FunctionName: { Ref: 'Function' },
    EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
    ...properties,
  },
});

/** The mapping of a stream, unless told otherwise that of `Table`, to the function `Function`. */
export const streamMapping = (properties: object = {}) => ({
  Type: 'AWS::Lambda::EventSourceMapping',
  Properties: {
    FunctionName: { Ref: 'Function' },
    EventSourceArn: { 'Fn::GetAtt': ['Table', 'StreamArn'] },
    StartingPosition: 'TRIM_HORIZON',
    ...properties,
  },
});

/** An HTTP API named by its stack with one route to the function `Function`. */
export const httpApi = (routeProperties: object = {}) => ({
  Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'proof', ProtocolType: 'HTTP' } },
  Stage: {
    Type: 'AWS::ApiGatewayV2::Stage',
    Properties: { ApiId: { Ref: 'Api' }, StageName: '$default', AutoDeploy: true },
  },
  Integration: {
    Type: 'AWS::ApiGatewayV2::Integration',
    Properties: {
      ApiId: { Ref: 'Api' },
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: { 'Fn::GetAtt': ['Function', 'Arn'] },
      PayloadFormatVersion: '2.0',
    },
  },
  Route: {
    Type: 'AWS::ApiGatewayV2::Route',
    Properties: {
      ApiId: { Ref: 'Api' },
      RouteKey: 'ANY /{proxy+}',
      Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'Integration' }]] },
      ...routeProperties,
    },
  },
});
