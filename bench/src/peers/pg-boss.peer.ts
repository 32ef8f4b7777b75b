import { PgBoss } from 'pg-boss';
import { type Peer } from './peer.js';

const QUEUE = 'noop';
const BATCH = 100;

export const pgBoss: Peer = {
  settings: `batches of ${BATCH}, 2 local workers, no pause while batches are full`,

  prepare: async (connectionString) => {
    const boss = await start(connectionString, 2);
    await boss.createQueue(QUEUE);
    await boss.stop();
  },

  openClient: async (connectionString) => {
    const boss = await start(connectionString, 10);
    return {
      addOne: async () => {
        await boss.send(QUEUE, {});
      },
      addBatch: async (jobs) => {
        await boss.insert(
          QUEUE,
          Array.from({ length: jobs }, () => ({ data: {} })),
        );
      },
      stop: () => boss.stop(),
    };
  },

  startWorker: async (connectionString, onHandled) => {
    const boss = await start(connectionString, 10);
    await boss.work(
      QUEUE,
      { batchSize: BATCH, localConcurrency: 2, burstWhenBatchFull: true, pollingIntervalSeconds: 0.5 },
      (jobs) => {
        onHandled(jobs.length);
        return Promise.resolve();
      },
    );
    return () => boss.stop();
  },

  hasUnfinished: async (database) => {
    const { rowCount } = await database.query(`select 1 from pgboss.job as j where j.state < 'completed' limit 1`);
    return rowCount !== 0;
  },
};

async function start(connectionString: string, max: number): Promise<PgBoss> {
  const boss = new PgBoss({ connectionString, max });
  boss.on('error', (error) => console.error(`pg-boss: ${error.message}`));
  await boss.start();
  return boss;
}
