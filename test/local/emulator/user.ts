import { CreateAccessKeyCommand, CreateUserCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import type { LocalAws } from './local-aws.ts';

/** Client settings of a new user who has the statements' permissions and no other. */
export const settingsOfUser = async (aws: LocalAws, UserName: string, statements: readonly object[]) => {
  await aws.iam.send(new CreateUserCommand({ UserName }));
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  await aws.iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'granted', PolicyDocument }));
  const { AccessKey: key } = await aws.iam.send(new CreateAccessKeyCommand({ UserName }));
  const credentials = { accessKeyId: key?.AccessKeyId ?? '', secretAccessKey: key?.SecretAccessKey ?? '' };
  return { ...aws.settings, credentials };
};

/** An Allow statement. */
export const allow = (Action: string | readonly string[], Resource: string, Condition?: object) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition && { Condition }),
});
