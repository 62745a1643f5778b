import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { findFreePort, readPort, requireFreePort } from '../../local/ports.ts';

describe('given the setting of the port', () => {
  it('is 4566 unless TASKLANE_PORT says otherwise', () => {
    expect(readPort({})).toBe(4566);
    expect(readPort({ TASKLANE_PORT: '4999' })).toBe(4999);
  });

  it.each(['', 'abc', '0', '65536', '45.5', '-1'])('fails on "%s", naming the setting', (TASKLANE_PORT) => {
    expect(() => readPort({ TASKLANE_PORT })).toThrow(/TASKLANE_PORT/);
  });
});

describe('given a port of the loopback interface', () => {
  it('finds one that can be used', async () => {
    await requireFreePort(await findFreePort());
  });

  it('fails on one that is taken, naming port and setting', async () => {
    const server = createServer();
    const port = await findFreePort();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    try {
      await expect(requireFreePort(port)).rejects.toThrow(new RegExp(`${port}.*TASKLANE_PORT`));
    } finally {
      server.close();
    }
  });
});
