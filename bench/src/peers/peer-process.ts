import { type PeerCommand, type PeerReply } from './peer-command.js';
import { loadPeer, type PeerName } from './peer-list.js';
import { type PeerClient, type Stop } from './peer.js';

// One side of one peer: `node peer-process.js PEER DATABASE_URL`, told by messages what to do.

const [, , name = '', databaseUrl = ''] = process.argv;
const peer = await loadPeer(name as PeerName);
let client: PeerClient | null = null;
let stopWorker: Stop | undefined;
let handled = 0;
let onHandled = (): void => undefined;

process.on('message', (command: PeerCommand) => {
  if (command.type === 'stop') return void stop();
  void obey(command).then(
    () => reply({ type: 'done', hasBatches: client?.addBatch != null }),
    (error: unknown) => reply({ type: 'failed', message: `${name}: ${String(error)}` }),
  );
});

const reply = (message: PeerReply): void => void process.send?.(message);
reply({ type: 'done', hasBatches: false }); // ready

async function obey(command: Exclude<PeerCommand, { type: 'stop' }>): Promise<void> {
  switch (command.type) {
    case 'prepare':
      return peer.prepare(databaseUrl);
    case 'open-client':
      client = await peer.openClient(databaseUrl);
      return;
    case 'start-worker':
      stopWorker = await peer.startWorker?.(databaseUrl, (jobs) => {
        handled += jobs;
        onHandled();
      });
      return;
    case 'add':
      return add(command);
    case 'await-handled':
      return awaitHandled(command.jobs);
  }
}

/** Its end is the answer. */
async function stop(): Promise<void> {
  await client?.stop();
  await stopWorker?.();
  process.exit();
}

async function add({ jobs, callers, batchSize }: Extract<PeerCommand, { type: 'add' }>): Promise<void> {
  if (!client) throw new Error('no client is open');
  const opened = client;
  let left = jobs;
  const caller = async (): Promise<void> => {
    while (left > 0) {
      const count = Math.min(left, batchSize ?? 1);
      left -= count;
      await (batchSize === null ? opened.addOne() : opened.addBatch?.(count));
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
}

function awaitHandled(jobs: number): Promise<void> {
  return new Promise((resolve) => {
    onHandled = () => {
      if (handled < jobs) return;
      handled -= jobs;
      onHandled = () => undefined;
      resolve();
    };
    onHandled();
  });
}
