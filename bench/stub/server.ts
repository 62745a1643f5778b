import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CallCounter } from './call-counts.ts';
import { OPERATIONS } from './operations.ts';
import type { StubCommand, StubQuestion, StubReply } from './stub-aws.ts';
import { StubQueues } from './stub-queues.ts';
import { type StreamChange, StubTables } from './stub-tables.ts';

/** The stub's process: AWS operations over HTTP on the loopback interface, commands of the bench over IPC. */
const counter = new CallCounter();
const queues = new StubQueues();
let changes: StreamChange[] = [];
let latencyMs = 0;
const tables = new StubTables(JSON.parse(process.argv[2] ?? '[]'), counter, (change) => changes.push(change));

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => answer(request, Buffer.concat(parts), response));
});

function answer(request: IncomingMessage, body: Buffer, response: ServerResponse): void {
  const [service = '', name = ''] = String(request.headers['x-amz-target']).split('.');
  try {
    const operation = OPERATIONS[name];
    if (operation === undefined) throw new Error(`the stub does not know ${service}.${name}`);
    const { body: answered, entries } = operation(JSON.parse(body.toString()) as never, { tables, queues });
    const text = JSON.stringify(answered);
    counter.call(`${serviceOf(service)}.${name}`, {
      entries,
      requestBytes: body.length,
      responseBytes: Buffer.byteLength(text),
    });
    const send = () => response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end(text);
    if (latencyMs === 0) send();
    else setTimeout(send, latencyMs);
  } catch (error) {
    console.error(error);
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify({ __type: 'ValidationException', message: String(error) }));
  }
}

const SERVICES: Readonly<Record<string, string>> = { DynamoDB_20120810: 'dynamodb', AmazonSQS: 'sqs' };

const serviceOf = (target: string): string => SERVICES[target] ?? target;

function obey(command: StubCommand): unknown {
  switch (command.kind) {
    case 'counts':
      return counter.take();
    case 'messages':
      return queues.take();
    case 'items':
      return tables.itemsOf(command.table);
    case 'changes': {
      const taken = changes;
      changes = [];
      return taken;
    }
    case 'latency':
      latencyMs = command.ms;
      return latencyMs;
    case 'reset':
      tables.clear();
      queues.take();
      counter.take();
      changes = [];
      return 0;
  }
}

process.on('message', ({ id, command }: StubQuestion) => {
  process.send?.({ id, value: obey(command) } satisfies StubReply);
});
process.on('disconnect', () => process.exit(0));

server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port });
});
