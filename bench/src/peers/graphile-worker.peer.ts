import { Logger, makeWorkerUtils, run, runMigrations } from 'graphile-worker';
import { type Peer } from './peer.js';

const CONCURRENCY = 24;

/** It tells of every job otherwise, which costs more than the job. */
const SILENT = new Logger(() => () => undefined);

/** Those of its own performance test and of its page about performance: a local queue, and completions in batches. */
const PRESET = {
  worker: { concurrentJobs: CONCURRENCY, maxPoolSize: 26, localQueue: { size: 500 }, completeJobBatchDelay: 0 },
} as const;

export const graphileWorker: Peer = {
  settings: `concurrency ${CONCURRENCY}, local queue of 500, completions batched`,
  prepare: (connectionString) => runMigrations({ connectionString, logger: SILENT }),

  openClient: async (connectionString) => {
    const utils = await makeWorkerUtils({ connectionString, maxPoolSize: 10, logger: SILENT });
    return {
      addOne: async () => {
        await utils.addJob('noop', {});
      },
      addBatch: async (jobs) => {
        await utils.addJobs(Array.from({ length: jobs }, () => ({ identifier: 'noop', payload: {} })));
      },
      stop: async () => {
        await utils.release();
      },
    };
  },

  startWorker: async (connectionString, onHandled) => {
    const runner = await run({
      connectionString,
      preset: PRESET,
      logger: SILENT,
      noHandleSignals: true,
      taskList: { noop: () => onHandled(1) },
    });
    return () => runner.stop();
  },

  hasUnfinished: async (database) => {
    const { rowCount } = await database.query('select 1 from graphile_worker._private_jobs as j limit 1');
    return rowCount !== 0;
  },
};
