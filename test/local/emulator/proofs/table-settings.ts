import { DescribeContinuousBackupsCommand, DescribeTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';
import type { Proof } from '../proof.ts';
import { table } from '../resources.ts';

export const tableSettings: Proof = {
  patch: 'table_settings',
  states: 'CloudFormation turns time to live and point-in-time recovery on',
  prove: async (aws) => {
    const TableName = 'proof-settings';
    const Table = table({
      TableName,
      TimeToLiveSpecification: { AttributeName: 'expires_at', Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
    await aws.createStack(TableName, { Table }, {});

    const expiry = await aws.dynamodb.send(new DescribeTimeToLiveCommand({ TableName }));
    expect(expiry.TimeToLiveDescription).toEqual({
      TimeToLiveStatus: 'ENABLED',
      AttributeName: 'expires_at',
    });
    const backups = await aws.dynamodb.send(new DescribeContinuousBackupsCommand({ TableName }));
    const recovery = backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
    expect(recovery?.PointInTimeRecoveryStatus).toBe('ENABLED');
  },
};
