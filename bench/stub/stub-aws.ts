import { join } from 'node:path';
import { startProcess } from '../../local/child-process.ts';
import { projectNode, projectRoot } from '../../local/project-root.ts';
import type { Item } from '../item-size.ts';
import type { CallCounts } from './call-counts.ts';
import type { SentMessage } from './stub-queues.ts';
import type { StreamChange } from './stub-tables.ts';
import type { TableSchema } from './table-schema.ts';

/** An AWS endpoint in a process of its own, with what the functions need of DynamoDB and SQS, in memory. */
export interface StubAws {
  readonly url: string;
  /** Calls and units since the last time. */
  readonly takeCounts: () => Promise<CallCounts>;
  /** Changes of rows since the last time, oldest first. */
  readonly takeChanges: () => Promise<readonly StreamChange[]>;
  /** Messages since the last time, by queue URL. */
  readonly takeMessages: () => Promise<Readonly<Record<string, readonly SentMessage[]>>>;
  readonly itemsOf: (table: string) => Promise<readonly Item[]>;
  /** From now on every answer comes so many milliseconds later. @default 0 */
  readonly setLatency: (ms: number) => Promise<void>;
  /** Empties tables, queues and counts. */
  readonly reset: () => Promise<void>;
  readonly stop: () => void;
}

export type StubCommand =
  | { readonly kind: 'counts' | 'changes' | 'messages' | 'reset' }
  | { readonly kind: 'items'; readonly table: string }
  | { readonly kind: 'latency'; readonly ms: number };

export interface StubQuestion {
  readonly id: number;
  readonly command: StubCommand;
}

export interface StubReply {
  readonly id: number;
  readonly value: unknown;
}

/** Starts the stub on a free port of the loopback interface. It ends with this process. */
export async function startStubAws(schemas: readonly TableSchema[]): Promise<StubAws> {
  const { child, kill } = startProcess(
    projectNode,
    [join(projectRoot, 'bench', 'stub', 'server.ts'), JSON.stringify(schemas)],
    { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], serialization: 'advanced' },
  );
  const waiting = new Map<number, (value: unknown) => void>();
  let serial = 0;
  const port = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the stub ended by itself (exit code ${code})`)));
    child.on('message', (message: StubReply | { port: number }) => {
      if ('port' in message) return resolve(message.port);
      waiting.get(message.id)?.(message.value);
      waiting.delete(message.id);
    });
  });
  const ask = <Value>(command: StubCommand): Promise<Value> =>
    new Promise((resolve) => {
      serial += 1;
      waiting.set(serial, resolve as (value: unknown) => void);
      child.send({ id: serial, command } satisfies StubQuestion);
    });
  return {
    url: `http://127.0.0.1:${port}`,
    takeCounts: () => ask({ kind: 'counts' }),
    takeChanges: () => ask({ kind: 'changes' }),
    takeMessages: () => ask({ kind: 'messages' }),
    itemsOf: (table) => ask({ kind: 'items', table }),
    setLatency: (ms) => ask({ kind: 'latency', ms }),
    reset: () => ask({ kind: 'reset' }),
    stop: () => kill('SIGTERM'),
  };
}
