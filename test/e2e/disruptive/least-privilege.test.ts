import { IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { awsClientSettings } from '../../../local/aws-environment.ts';
import { requireOutput } from '../../../local/require-output.ts';
import { clearFaults, workers } from '../../support/controls.ts';
import { deployment, output, sqs } from '../../support/emulator-clients.ts';
import { type Grant, policiesOf } from '../../support/function-policies.ts';
import { PROBES } from '../../support/probes/probes.ts';
import { until } from '../../support/until.ts';

/**
 * Proof of least privilege. The emulator enforces the roles of the functions: each probe below uses everything
 * that its function may do, passes as deployed, and fails when any one grant is taken away. What the emulator
 * does in a function's name without asking (log lines, event source mappings) is shown by SimulatePrincipalPolicy.
 */
const simulated = (action: string): boolean =>
  action.startsWith('logs:') ||
  ['sqs:ReceiveMessage', 'sqs:DeleteMessage'].includes(action) ||
  /^dynamodb:(DescribeStream|GetRecords|GetShardIterator|ListStreams)$/.test(action);

/** Processes remember what they have read: a probe of a function begins with a fresh one. */
async function endWorkers(functionOutput: string): Promise<void> {
  const name = output(functionOutput);
  const running = async () =>
    (await workers()).flatMap(({ function: of, pid }) => (of === name ? [pid] : []));
  const old = await running();
  for (const pid of old) process.kill(pid, 'SIGKILL');
  await until('the processes to be gone', async () => !(await running()).some((pid) => old.includes(pid)));
}

for (const [functionOutput, probe] of Object.entries(PROBES)) {
  describe(functionOutput.replace('FunctionName', ''), () => {
    const run = async () => {
      await endWorkers(functionOutput);
      try {
        await probe.run();
      } finally {
        await clearFaults();
      }
    };

    it('does all that it is there for, as deployed', async () => {
      await run();
    });

    it('fails when any one of its grants is taken away', async () => {
      const { grants } = await policiesOf(functionOutput, probe.splits);
      const enforced = grants.filter(
        ({ action, resources }) => !simulated(action) && !probe.simulates?.(action, resources),
      );
      const needless: string[] = [];
      const seconds: string[] = [];
      for (const grant of enforced) {
        const beganAt = performance.now();
        const survived = await grant.without(
          async () =>
            await run().then(
              () => true,
              () => false,
            ),
        );
        seconds.push(`${grant.action} ${((performance.now() - beganAt) / 1000).toFixed(1)} s`);
        if (survived) needless.push(described(grant));
      }
      console.log(`${functionOutput}: ${seconds.join('; ')}`);
      expect(needless).toEqual([]);
    });
  });
}

function described({ action, resources }: Grant): string {
  return `${action} on ${resources.map((arn) => arn.split(':').slice(5).join(':')).join(', ')}`;
}

describe('the executor of a larger pool', () => {
  it('may do what that of the smallest may, but for its queues and its log', async () => {
    const rightsOf = async (functionOutput: string) =>
      (await policiesOf(functionOutput)).grants.map(({ action, resources }) =>
        /^(sqs|logs):/.test(action) ? action : `${action} on ${resources}`,
      );
    const [smallest, larger] = await Promise.all(
      ['ExecutorFunctionName', 'ExecutorLargeFunctionName'].map(rightsOf),
    );
    expect(larger).toEqual(smallest);
  });
});

describe('what services do in the name of a function', () => {
  const decide = async (roleArn: string, action: string, resourceArn: string): Promise<string> => {
    const iam = new IAMClient(awsClientSettings(deployment().url));
    const { EvaluationResults = [] } = await iam.send(
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn: roleArn,
        ActionNames: [action],
        ResourceArns: [resourceArn],
      }),
    );
    return EvaluationResults[0]?.EvalDecision ?? 'no decision';
  };
  const queueArn = async (queueOutput: string): Promise<string> => {
    const { Attributes } = await sqs().send(
      new GetQueueAttributesCommand({ QueueUrl: output(queueOutput), AttributeNames: ['QueueArn'] }),
    );
    return Attributes?.QueueArn ?? '';
  };

  const kinds = ['Critical', 'High', 'Normal', 'Low', 'Solo'];
  const consumers: [string, string[]][] = [
    ['ExecutorFunctionName', [...kinds, 'Ordered'].map((kind) => `${kind}QueueUrl`)],
    ['ExecutorLargeFunctionName', kinds.map((kind) => `${kind}LargeQueueUrl`)],
    ['DeadLetterFunctionName', kinds.map((kind) => `${kind}DeadLetterQueueUrl`)],
    ['RedoFunctionName', ['RedoQueueUrl']],
    ['ReleaseFunctionName', ['ReleaseQueueUrl']],
  ];

  it.each(consumers)('%s may receive from its own queues, and no other', async (functionOutput, own) => {
    const { roleArn } = await policiesOf(functionOutput);
    const all = Object.keys(deployment().outputs).filter((name) => name.endsWith('QueueUrl'));
    for (const queue of all) {
      const arn = await queueArn(queue);
      for (const action of ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes']) {
        const expected = own.includes(queue) ? 'allowed' : 'implicitDeny';
        expect(`${queue} ${action} ${await decide(roleArn, action, arn)}`).toBe(
          `${queue} ${action} ${expected}`,
        );
      }
    }
  });

  it('the dispatcher may read the stream of the tasks table, and of no other', async () => {
    const { roleArn, grants } = await policiesOf('DispatcherFunctionName');
    const stream = grants.find(({ action }) => action === 'dynamodb:GetRecords')?.resources[0] ?? '';
    expect(stream).toContain(`table/${requireOutput(deployment().outputs, 'TasksTable')}/stream/`);
    for (const action of ['DescribeStream', 'GetRecords', 'GetShardIterator']) {
      expect(await decide(roleArn, `dynamodb:${action}`, stream)).toBe('allowed');
      const other = stream.replace(output('TasksTable'), output('ResultsTable'));
      expect(await decide(roleArn, `dynamodb:${action}`, other)).toBe('implicitDeny');
    }
  });

  it('the stream positions that the dispatcher never finished may be told to their queue', async () => {
    const { roleArn } = await policiesOf('DispatcherFunctionName');
    expect(await decide(roleArn, 'sqs:SendMessage', await queueArn('UndispatchedQueueUrl'))).toBe('allowed');
  });

  it.each(Object.keys(PROBES).concat('DocsFunctionName', 'ExecutorLargeFunctionName'))(
    '%s may write to its own log, and to no other',
    async (name) => {
      const { roleArn, grants } = await policiesOf(name);
      const log = grants.find(({ action }) => action === 'logs:PutLogEvents')?.resources[0] ?? '';
      const other = log.replace(/\/[a-z-]+(:\*)?$/, '/other$1');
      expect(await decide(roleArn, 'logs:PutLogEvents', log)).toBe('allowed');
      expect(await decide(roleArn, 'logs:PutLogEvents', other)).toBe('implicitDeny');
    },
  );
});
