import { DBOS } from '@dbos-inc/dbos-sdk';
import { type Peer } from './peer.js';

const workflow = DBOS.registerWorkflow(() => DBOS.runStep(() => Promise.resolve(), { name: 'noop' }), { name: 'noop' });

/** A library: whoever calls a workflow runs it, and it is done when the call is. So there is no worker, and no batch. */
export const dbos: Peer = {
  settings: 'one workflow of one step, run by its callers, a pool of 20 connections',

  prepare: async (databaseUrl) => {
    await launch(databaseUrl);
    await DBOS.shutdown();
  },

  openClient: async (databaseUrl) => {
    await launch(databaseUrl);
    return { addOne: () => workflow(), addBatch: null, stop: () => DBOS.shutdown() };
  },

  startWorker: null,

  hasUnfinished: async (database) => {
    const { rowCount } = await database.query(
      `select 1 from dbos.workflow_status as w where w.status = 'PENDING' limit 1`,
    );
    return rowCount !== 0;
  },
};

async function launch(systemDatabaseUrl: string): Promise<void> {
  DBOS.setConfig({ name: 'bench', systemDatabaseUrl, systemDatabasePoolSize: 20, logLevel: 'error' });
  await DBOS.launch();
}
