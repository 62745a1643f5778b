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

const readGroup = async (
  logs: CloudWatchLogsClient,
  group: string,
  sinceMs: number,
): Promise<FilteredLogEvent[]> => {
  const events: FilteredLogEvent[] = [];
  for await (const page of paginateFilterLogEvents(
    { client: logs },
    { logGroupName: group, startTime: sinceMs },
  )) {
    events.push(...(page.events ?? []));
  }
  return events;
};

/** Reads the functions' log events of a local deployment since a time, oldest first. */
export const readLogs = async (
  endpoint: string,
  query: LogQuery,
): Promise<(LogEvent & { readonly id: string })[]> => {
  const logs = new CloudWatchLogsClient(awsClientSettings(endpoint));
  const wanted = query.functionName?.toLowerCase() ?? '';
  const found: (LogEvent & { readonly id: string })[] = [];
  for await (const page of paginateDescribeLogGroups({ client: logs }, {})) {
    for (const { logGroupName: group = '' } of page.logGroups ?? []) {
      const functionName = functionOfLogGroup(group);
      if (!functionName.toLowerCase().includes(wanted)) continue;
      for (const event of await readGroup(logs, group, query.sinceMs)) {
        const { eventId = '', timestamp = 0, message = '' } = event;
        found.push({ id: `${group} ${eventId}`, functionName, atMs: timestamp, message });
      }
    }
  }
  return found.sort((one, other) => one.atMs - other.atMs);
};
