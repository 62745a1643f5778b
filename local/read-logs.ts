import {
  CloudWatchLogsClient,
  type FilteredLogEvent,
  paginateDescribeLogGroups,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import { awsClientSettings } from './aws-environment.ts';
import type { LogEvent } from './log-line.ts';

/** Which log events to read. */
export interface LogQuery {
  /** Part of the function's name. @default all functions */
  readonly functionName?: string;
  readonly sinceMs: number;
}

/** The function's own name in `/aws/lambda/<stack>-<name>-<suffix>` or `/tasklane/<stage>/<name>`. */
export const functionOfLogGroup = (logGroup: string): string => logGroup.split('/').at(-1) ?? logGroup;

/** An event that the reader can tell from every other. */
export interface IdentifiedLogEvent extends LogEvent {
  readonly id: string;
}

/** The emulator gives events no id: their place among those of one stream and moment makes one. */
const identify = (group: string, events: readonly FilteredLogEvent[]): readonly IdentifiedLogEvent[] => {
  const counts = new Map<string, number>();
  return events.map(({ logStreamName, timestamp = 0, message = '' }) => {
    const moment = `${group} ${logStreamName} ${timestamp}`;
    const count = counts.get(moment) ?? 0;
    counts.set(moment, count + 1);
    return { id: `${moment} ${count}`, functionName: functionOfLogGroup(group), atMs: timestamp, message };
  });
};

/** Reads the functions' log events of a local deployment since a time, oldest first. */
export const readLogs = async (endpoint: string, query: LogQuery): Promise<readonly IdentifiedLogEvent[]> => {
  const client = new CloudWatchLogsClient(awsClientSettings(endpoint));
  const wanted = query.functionName?.toLowerCase() ?? '';
  const found: IdentifiedLogEvent[] = [];
  for await (const { logGroups = [] } of paginateDescribeLogGroups({ client }, {})) {
    for (const { logGroupName = '' } of logGroups) {
      if (!functionOfLogGroup(logGroupName).toLowerCase().includes(wanted)) continue;
      const events: FilteredLogEvent[] = [];
      const input = { logGroupName, startTime: query.sinceMs };
      for await (const page of paginateFilterLogEvents({ client }, input))
        events.push(...(page.events ?? []));
      found.push(...identify(logGroupName, events));
    }
  }
  return found.sort((one, other) => one.atMs - other.atMs);
};
