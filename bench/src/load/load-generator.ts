import { fork } from 'node:child_process';
import { once } from 'node:events';
import { type LoadCommand, type LoadOutcome, type LoadReply } from './load-command.js';

/** The process that sends requests. It does one command at a time. */
export interface LoadGenerator {
  /** @throws Error when a request was refused */
  run(command: LoadCommand): Promise<LoadOutcome>;
  stop(): void;
}

export function startLoadGenerator(): LoadGenerator {
  const child = fork(new URL('./load-process.js', import.meta.url));
  const gone = once(child, 'exit').then((): never => {
    throw new Error('the load generator ended early');
  });
  gone.catch(() => undefined); // whoever waits for a reply is told
  return {
    run: async (command) => {
      child.send(command);
      const [reply] = (await Promise.race([once(child, 'message'), gone])) as [LoadReply];
      if (reply.type === 'failed') throw new Error(reply.message);
      return reply.outcome;
    },
    stop: () => void child.kill(),
  };
}
