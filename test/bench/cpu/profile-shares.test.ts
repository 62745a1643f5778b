import { expect, it } from 'vitest';
import { sharesOf } from '../../../bench/cpu/profile-shares.ts';

const node = (id: number, functionName: string, url: string, hitCount: number, children: number[] = []) => ({
  id,
  callFrame: { functionName, url, scriptId: '0', lineNumber: 0, columnNumber: 0 },
  hitCount,
  children,
});

it('counts what Node does for whoever called it, and leaves out idle time', () => {
  const profile = {
    startTime: 0,
    endTime: 1,
    nodes: [
      node(1, '(root)', '', 0, [2, 4, 6, 7]),
      node(2, 'execute', 'core/usecases/execute-batch.ts', 1, [3]),
      node(3, 'parse', '', 1),
      node(4, 'send', 'node_modules/@smithy/core/client.js', 2, [5]),
      node(5, 'request', 'node:http', 3),
      node(6, 'onStreamRead', 'node:internal/stream_base_commons', 2),
      node(7, '(idle)', '', 90, [8, 9]),
      node(8, '(garbage collector)', '', 1),
      node(9, 'printLog', 'node_modules/@aws-lambda-powertools/logger/Logger.js', 0),
    ],
  };
  const shares = sharesOf(profile, ({ url }) => (url === '' || url.startsWith('node:') ? undefined : url));
  expect(shares).toEqual({
    tasklane: 0.2,
    sdk: 0.5,
    short_way: 0,
    libraries: 0,
    sockets: 0.2,
    garbage: 0.1,
    rest: 0,
  });
});
