import { createServer } from 'node:net';
import { errorCode } from './error-code.js';

/** A TCP port nobody listens on at `host` right now. Another process may take it before the caller does. */
export async function findFreePort(host = '127.0.0.1'): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen({ host, port: 0 }, resolve);
  });
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  if (address === null || typeof address === 'string') throw new Error('a TCP server without a port');
  return address.port;
}

/** False when somebody listens on `port` of `host`. Other obstacles (no such address, no right to it) are for whoever listens to report. */
export async function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server
      .once('error', (error) => resolve(errorCode(error) !== 'EADDRINUSE'))
      .listen({ host, port }, () => server.close(() => resolve(true)));
  });
}
