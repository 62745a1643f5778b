import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createGuardedClient } from '../../../../functions/shared/http/guarded-client.ts';
import { get, recorder } from '../../../support/guarded-calls.ts';
import { loopbackServer } from '../../../support/loopback-server.ts';

describe('an abort', () => {
  /** Aborts when the server has what it waits for, and answers once the server has seen the connection close. */
  async function abortAt(moment: 'before the answer' | 'in the body'): Promise<unknown> {
    const controller = new AbortController();
    let closed = () => {};
    const seen = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const server = await loopbackServer((request, response) => {
      request.socket.once('close', closed);
      if (moment === 'in the body') response.writeHead(200).write('beginning');
      setImmediate(() => controller.abort(new Error('time is over')));
    });
    const call = get(createGuardedClient({ allowLoopback: true }), server.origin, {}, controller.signal);
    const outcome = await call.catch((error) => error);
    await seen;
    return outcome;
  }

  test.each(['before the answer', 'in the body'] as const)('%s closes the connection', async (moment) => {
    expect(await abortAt(moment)).toEqual(new Error('time is over'));
  });

  test('closes a connection that is not open yet', async () => {
    // GIVEN a server that sees the connection, but never says a word of TLS
    const controller = new AbortController();
    const silent = createServer((socket) => {
      socket.on('error', () => {});
      closedSocket = new Promise((resolve) => socket.once('close', resolve));
      controller.abort(new Error('time is over'));
      socket.resume();
    }).listen(0, '127.0.0.1');
    let closedSocket: Promise<unknown> | undefined;
    await new Promise((resolve) => silent.once('listening', resolve));
    onTestFinished(() => void silent.close());
    const { port } = silent.address() as AddressInfo;
    // WHEN
    const call = get(
      createGuardedClient({ allowLoopback: true }),
      `https://127.0.0.1:${port}/`,
      {},
      controller.signal,
    );
    // THEN
    await expect(call).rejects.toThrow('time is over');
    await closedSocket;
  });

  test('ends the wait for a resolver', async () => {
    const controller = new AbortController();
    const resolve = () => {
      controller.abort(new Error('time is over'));
      return new Promise<never>(() => {});
    };
    const call = get(createGuardedClient({ resolve }), 'http://slow.example.com/', {}, controller.signal);
    await expect(call).rejects.toThrow('time is over');
  });

  test('before the call sends nothing', async () => {
    const connector = recorder();
    const call = get(createGuardedClient({ connect: connector }), 'http://8.8.8.8/', {}, AbortSignal.abort());
    await expect(call).rejects.toThrow();
    expect(connector.targets).toEqual([]);
  });
});
