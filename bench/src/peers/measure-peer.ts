import { setTimeout as delay } from 'node:timers/promises';
import { type Pool } from 'pg';
import { CpuMeter } from '../cpu/cpu-meter.js';
import { type BenchServer } from '../server/bench-server.js';
import { openPool } from '../server/open-pool.js';
import { loadPeer, type PeerName } from './peer-list.js';
import { type Peer } from './peer.js';
import { type PeerProcess, startPeerProcess } from './start-peer-process.js';

export interface PeerRun {
  readonly peer: PeerName;
  readonly settings: string;
  readonly mode: string;
  readonly jobs: number;
  readonly seconds: number;
  readonly jobsPerSecond: number;
  readonly cpuPerJob: Readonly<Record<string, number>>;
}

export interface PeerLoad {
  readonly jobs: number;
  readonly callers: number;
  readonly batchSize: number;
}

/** A peer on a database of its own, one job at a time and in batches, each from the first call until all jobs are done. */
export async function measurePeer(server: BenchServer, name: PeerName, load: PeerLoad): Promise<PeerRun[]> {
  const databaseName = name.replaceAll('-', '_');
  const databaseUrl = await server.createDatabase(databaseName);
  const peer = await loadPeer(name);
  const client = await startPeerProcess(name, databaseUrl);
  const worker = peer.startWorker ? await startPeerProcess(name, databaseUrl) : null;
  const database = openPool(databaseUrl, 1);
  try {
    await client.tell({ type: 'prepare' });
    const { hasBatches } = await client.tell({ type: 'open-client' });
    await worker?.tell({ type: 'start-worker' });
    const sides = { peer, client, worker, database };
    const cpu = new CpuMeter([
      { name: 'PostgreSQL', pid: server.postmasterPid, children: 'tree' },
      { name: 'client', pid: client.pid, children: 'tree' },
      { name: 'worker', pid: worker?.pid ?? null, children: 'tree' },
    ]);
    const runs: PeerRun[] = [];
    for (const mode of [
      { name: `one by one, ${load.callers} callers`, callers: load.callers, batchSize: null },
      ...(hasBatches
        ? [{ name: `batches of ${load.batchSize}`, callers: BATCH_CALLERS, batchSize: load.batchSize }]
        : []),
    ]) {
      await runJobs(sides, { ...mode, jobs: WARM_UP_JOBS });
      const cpuUse = await cpu.start();
      const seconds = await runJobs(sides, { ...mode, jobs: load.jobs });
      const cpuPerJob = Object.entries((await cpuUse()).groups).map(([group, used]) => [group, used / load.jobs]);
      runs.push({
        peer: name,
        settings: peer.settings,
        mode: mode.name,
        jobs: load.jobs,
        seconds,
        jobsPerSecond: load.jobs / seconds,
        cpuPerJob: Object.fromEntries(cpuPerJob) as PeerRun['cpuPerJob'],
      });
    }
    return runs;
  } finally {
    await client.stop();
    await worker?.stop();
    await database.end();
    await server.dropDatabase(databaseName);
  }
}

const WARM_UP_JOBS = 2_000;
const BATCH_CALLERS = 4;

interface Sides {
  readonly peer: Peer;
  readonly client: PeerProcess;
  readonly worker: PeerProcess | null;
  readonly database: Pool;
}

/** @returns how many seconds it took. The database is asked only when the worker has handled everything. */
async function runJobs(
  { peer, client, worker, database }: Sides,
  { jobs, callers, batchSize }: { jobs: number; callers: number; batchSize: number | null },
): Promise<number> {
  const started = performance.now();
  const added = client.tell({ type: 'add', jobs, callers, batchSize });
  await Promise.all([added, worker?.tell({ type: 'await-handled', jobs })]);
  while (await peer.hasUnfinished(database)) await delay(10);
  return (performance.now() - started) / 1000;
}
