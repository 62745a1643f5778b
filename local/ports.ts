import { createServer } from 'node:net';

const loopback = '127.0.0.1';

const listen = (port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host: loopback, port, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : port));
    });
  });

/** A port of the loopback interface that nobody listens on now. */
export const findFreePort = (): Promise<number> => listen(0);

/**
 * The port of the local AWS: `TASKLANE_PORT`, by default 4566.
 * Throws when the value is no port.
 */
export const readPort = (environment: NodeJS.ProcessEnv): number => {
  const text = environment.TASKLANE_PORT ?? '4566';
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) {
    throw new Error(`TASKLANE_PORT is "${text}"; it must be a port from 1 to 65535, such as 4566.`);
  }
  return port;
};

/** Throws when somebody listens on the port already, naming the port and the setting that moves it. */
export const requireFreePort = async (port: number): Promise<void> => {
  try {
    await listen(port);
  } catch (error) {
    throw new Error(
      `Port ${port} of ${loopback} cannot be used (${(error as NodeJS.ErrnoException).code}): ` +
        'is `npm start` running already? Set TASKLANE_PORT to another port, such as 4567.',
    );
  }
};
