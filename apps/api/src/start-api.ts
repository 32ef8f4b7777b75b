import { errorCodeOf, type Platform, type StartedService, StartupError } from '@attune/common';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { bootstrap } from './bootstrap/bootstrap.js';
import { createApp } from './create-app.js';

/** Puts in place what a new installation needs, then listens. */
export async function startApi(platform: Platform): Promise<StartedService> {
  await bootstrap(platform);
  const app = await createApp(platform);
  try {
    const { port, host } = await listen(app, platform);
    return { app, facts: { url: `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}` } };
  } catch (error) {
    await app.close();
    throw error;
  }
}

async function listen(app: NestFastifyApplication, { config }: Platform): Promise<{ port: number; host: string }> {
  const { host, port } = config.server;
  try {
    await app.listen({ host, port });
  } catch (error) {
    throw new StartupError(explain(errorCodeOf(error), host, port), { cause: error });
  }
  const address = app.getHttpServer().address();
  return { host, port: typeof address === 'object' && address !== null ? address.port : port };
}

function explain(code: string | undefined, host: string, port: number): string {
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} on ${host} is in use: stop what listens there, or set ATTUNE__SERVER__PORT`;
    case 'EACCES':
      return `port ${port} on ${host} needs more rights than this user has: set ATTUNE__SERVER__PORT`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${host} is no address of this machine: set ATTUNE__SERVER__HOST`;
    default:
      return `cannot listen on ${host}:${port}: ${code ?? 'unknown reason'}`;
  }
}
