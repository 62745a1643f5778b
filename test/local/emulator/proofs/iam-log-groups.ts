import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { expect } from 'vitest';
import type { Proof } from '../proof.ts';
import { allow, settingsOfUser } from '../user.ts';

export const iamLogGroups: Proof = {
  patch: 'iam_log_groups',
  states: 'a grant on log-group:NAME:* covers the log group',
  prove: async (aws) => {
    const logGroupName = '/proof/granted';
    await new CloudWatchLogsClient(aws.settings).send(new CreateLogGroupCommand({ logGroupName }));
    const group = `arn:aws:logs:us-east-1:000000000000:log-group:${logGroupName}:*`;
    const settings = await settingsOfUser(aws, 'proof-logs', [allow('logs:FilterLogEvents', group)]);
    const answer = await new CloudWatchLogsClient(settings).send(
      new FilterLogEventsCommand({ logGroupName }),
    );
    expect(answer.events).toEqual([]);
  },
};
