import { fork } from 'node:child_process';
import { once } from 'node:events';

export interface BareServer {
  readonly pid: number;
  readonly port: number;
  stop(): void;
}

/** A bare handler for each request that is measured, as a process of its own. */
export async function startBareServer(databaseUrl: string, secret: string): Promise<BareServer> {
  const child = fork(new URL('./bare-server.main.js', import.meta.url), [databaseUrl, secret]);
  const gone = once(child, 'exit').then((): never => {
    throw new Error('the bare server ended early');
  });
  gone.catch(() => undefined); // whoever waits for it is told
  const [{ port }] = (await Promise.race([once(child, 'message'), gone])) as [{ port: number }];
  return { pid: child.pid ?? 0, port, stop: () => void child.kill() };
}
