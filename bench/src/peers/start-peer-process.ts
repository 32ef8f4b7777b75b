import { fork } from 'node:child_process';
import { once } from 'node:events';
import { type PeerCommand, type PeerReply } from './peer-command.js';
import { type PeerName } from './peer-list.js';

export interface PeerProcess {
  readonly pid: number;
  /** @throws Error when it failed or the process is gone */
  tell(command: PeerCommand): Promise<Extract<PeerReply, { type: 'done' }>>;
  stop(): Promise<void>;
}

export async function startPeerProcess(name: PeerName, databaseUrl: string): Promise<PeerProcess> {
  const child = fork(new URL('./peer-process.js', import.meta.url), [name, databaseUrl]);
  const gone = once(child, 'exit').then((): never => {
    throw new Error(`a process of ${name} ended early`);
  });
  gone.catch(() => undefined); // whoever waits for a reply is told
  const nextReply = async (): Promise<Extract<PeerReply, { type: 'done' }>> => {
    const [reply] = (await Promise.race([once(child, 'message'), gone])) as [PeerReply];
    if (reply.type === 'failed') throw new Error(reply.message);
    return reply;
  };
  await nextReply();
  return {
    pid: child.pid ?? 0,
    tell: (command) => {
      child.send(command);
      return nextReply();
    },
    stop: async () => {
      if (child.connected) child.send({ type: 'stop' } satisfies PeerCommand);
      await gone.catch(() => undefined);
    },
  };
}
