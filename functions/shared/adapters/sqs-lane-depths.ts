import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Lane } from '../../../core/lane.ts';
import type { LaneDepth, LaneDepths } from '../../../core/lane-depth.ts';

/** The depths of the lanes' queues. */
export class SqsLaneDepths implements LaneDepths {
  readonly #client: SQSClient;
  readonly #queueUrls: Readonly<Record<string, string>>;

  /** `queueUrls`: by the queues' names; those of one lane are its own and, with `-<pool>` behind it, the pools'. */
  constructor(client: SQSClient, queueUrls: Readonly<Record<string, string>>) {
    this.#client = client;
    this.#queueUrls = queueUrls;
  }

  async of(lane: Lane): Promise<LaneDepth> {
    const own = Object.entries(this.#queueUrls).filter(
      ([name]) => name === lane || name.startsWith(`${lane}-`),
    );
    const depths = await Promise.all(own.map(([, url]) => this.#depthOf(url)));
    return depths.reduce((sum, depth) => ({
      pending: sum.pending + depth.pending,
      in_flight: sum.in_flight + depth.in_flight,
      delayed: sum.delayed + depth.delayed,
    }));
  }

  async #depthOf(QueueUrl: string): Promise<LaneDepth> {
    const { Attributes = {} } = await this.#client.send(
      new GetQueueAttributesCommand({
        QueueUrl,
        AttributeNames: [
          'ApproximateNumberOfMessages',
          'ApproximateNumberOfMessagesNotVisible',
          'ApproximateNumberOfMessagesDelayed',
        ],
      }),
    );
    return {
      pending: Number(Attributes.ApproximateNumberOfMessages),
      in_flight: Number(Attributes.ApproximateNumberOfMessagesNotVisible),
      delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed),
    };
  }
}
