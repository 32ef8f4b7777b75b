import {
  type Config,
  createDataSource,
  DatabaseListener,
  type ExecutionEntity,
  execute,
  findExecution,
  insertDispatches,
  insertExecutions,
  json,
  loadConfig,
  moveExecutions,
  type NewExecution,
  registerWorker,
  run,
  SecretBox,
  sql,
  TokenSigner,
} from '@attune/common';
import { createTestDatabase, eventually } from '@attune/testing';
import { randomUUID } from 'node:crypto';
import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type DataSource } from 'typeorm';
import { pino } from 'pino';
import { findMarkedProcesses } from './machine/marked-processes.js';
import { Worker } from './worker.js';

const MARK = 'SPEC_RUN';
const PATIENCE_MS = 20_000;
/** Set SPEC_LOG=debug to see what the workers of a spec do. */
const LOG = pino({ level: process.env['SPEC_LOG'] ?? 'silent' });

/** An action to insert; the rest has defaults. */
export interface GivenAction {
  readonly ref: string;
  readonly entrypoint: string;
  /** Default: inline shell source. */
  readonly is_adhoc?: boolean;
  readonly runtime_ref?: string | null;
  readonly invocation?: 'process' | 'function';
  readonly param_schema?: unknown;
  readonly out_schema?: unknown;
  readonly output_format?: string;
  readonly parameter_format?: string;
  readonly timeout_seconds?: number;
  readonly runtime_version_constraint?: string;
}

/** A database with a pack `demo`, files for it, and workers of this process. */
export interface WorkerFixture {
  readonly url: string;
  readonly dataSource: DataSource;
  readonly config: Config;
  readonly box: SecretBox;
  readonly directory: string;
  /** The environment of workers: settings, and a mark on every process. */
  readonly environment: Readonly<Record<string, string>>;
  /** Name null: the worker finds one by itself. */
  startWorker(
    name: string | null,
    settings?: Partial<Config['worker']>,
    pollIntervalMs?: number,
    onReplaced?: () => void,
  ): Promise<Worker>;
  file(path: string, text: string): Promise<void>;
  action(action: GivenAction): Promise<void>;
  /** Puts executions of an action before a worker; gives their ids. */
  dispatch(worker: number, actionRef: string, executions?: readonly Partial<NewExecution>[]): Promise<number[]>;
  /** The same before a worker that does not exist, until they are handed over. */
  park(actionRef: string, executions?: readonly Partial<NewExecution>[]): Promise<number[]>;
  handOver(ids: readonly number[], worker: number): Promise<void>;
  execution(id: number): Promise<ExecutionEntity>;
  /** Waits for the end of an execution. */
  ended(id: number): Promise<ExecutionEntity>;
  setStatus(id: number, status: string): Promise<void>;
  survivors(): Promise<number>;
  stopWorkers(): Promise<void>;
  close(): Promise<void>;
}

export async function createWorkerFixture(): Promise<WorkerFixture> {
  const database = await createTestDatabase();
  const dataSource = await createDataSource({ url: database.url }).initialize();
  await insertPack(dataSource);
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'attune-worker-spec-')));
  const mark = randomUUID();
  const environment = {
    ATTUNE__DATABASE__URL: database.url,
    ATTUNE__DATA_DIR: directory,
    ATTUNE__WORKER__PASS_ENV: MARK,
    [MARK]: mark,
  };
  const config = loadConfig({ environment, directory });
  const box = new SecretBox(config.security.encryptionKey);
  const listener = new DatabaseListener(database.url, LOG);
  await listener.start();
  const workers: Worker[] = [];
  const stopWorkers = async (): Promise<void> => {
    await Promise.all(workers.splice(0).map((worker) => worker.stop()));
  };
  return {
    url: database.url,
    dataSource,
    config,
    box,
    directory,
    environment,
    ...executionsOf(dataSource),
    startWorker: async (name, settings = {}, pollIntervalMs = 100, onReplaced = () => undefined) => {
      const worker = await Worker.start({
        config: {
          ...config,
          worker: { ...config.worker, name, ...settings },
          messaging: { ...config.messaging, pollIntervalMs },
        },
        dataSource,
        listener,
        box,
        logger: LOG,
        signer: new TokenSigner(config.security.jwtSecret),
        environment: { ...process.env, ...environment },
        onReplaced,
      });
      workers.push(worker);
      return worker;
    },
    file: (path, text) => writeExecutable(join(config.packsBaseDir, 'demo', path), text),
    survivors: async () => (await findMarkedProcesses([`${MARK}=${mark}`])).length,
    stopWorkers,
    close: async () => {
      await stopWorkers();
      await listener.stop();
      await dataSource.destroy();
      await database.drop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function writeExecutable(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  await chmod(file, 0o755);
}

type ExecutionSteps = Pick<
  WorkerFixture,
  'action' | 'dispatch' | 'park' | 'handOver' | 'execution' | 'ended' | 'setStatus'
>;

function executionsOf(dataSource: DataSource): ExecutionSteps {
  return {
    action: (action) => insertAction(dataSource, action),
    dispatch: (worker, actionRef, executions = [{}]) => dispatch(dataSource, worker, actionRef, executions),
    park: async (actionRef, executions = [{}]) =>
      dispatch(dataSource, await someWorker(dataSource), actionRef, executions),
    handOver: async (ids, worker) => {
      await dataSource.transaction(async (db) => {
        await execute(db, sql`update execution as e set worker = ${worker} where e.id = any(${ids}::bigint[])`);
        await execute(db, sql`update dispatch as d set worker = ${worker} where d.execution = any(${ids}::bigint[])`);
      });
    },
    execution: (id) => getExecution(dataSource, id),
    ended: (id) =>
      eventually(async () => {
        const execution = await getExecution(dataSource, id);
        if (execution.started_at === null || /^(scheduled|running|canceling)$/.test(execution.status)) {
          throw new Error(`execution is ${execution.status}`);
        }
        return execution;
      }, PATIENCE_MS),
    setStatus: async (id, status) => {
      await execute(
        dataSource,
        sql`update execution as e set status = ${status}::execution_status
            where e.id = ${id} and e.created = time_id_created(${id})`,
      );
    },
  };
}

/** A worker's row without a worker. */
export function someWorker(dataSource: DataSource, name = randomUUID()): Promise<number> {
  return registerWorker(dataSource, { name, worker_role: 'action', capabilities: {} });
}

async function insertPack(dataSource: DataSource): Promise<void> {
  await execute(dataSource, sql`insert into pack (ref, label, version) values ('demo', 'Demo', '1.0.0')`);
  await insertRuntime(dataSource, 'demo.shell', {
    interpreter: { binary: '/bin/bash', file_extension: '.sh' },
    inline_execution: { extension: '.sh', inject_shell_helpers: true },
  });
  await insertRuntime(dataSource, 'demo.node', { interpreter: { binary: 'node' } });
}

/** An action whose file of the pack exports a JavaScript function. */
export const FUNCTION = { is_adhoc: false, runtime_ref: 'demo.node', invocation: 'function' } as const;

export async function insertRuntime(dataSource: DataSource, ref: string, executionConfig: unknown): Promise<void> {
  await execute(
    dataSource,
    sql`
    insert into runtime (ref, pack, pack_ref, name, execution_config, distributions)
    select ${ref}, p.id, p.ref, ${ref.split('.')[1]}, ${json(executionConfig)},
      '{"verification": {"always_available": true}}'
    from pack as p where p.ref = 'demo'`,
  );
}

async function insertAction(dataSource: DataSource, action: GivenAction): Promise<void> {
  const runtimeRef = action.runtime_ref === undefined ? 'demo.shell' : action.runtime_ref;
  await execute(
    dataSource,
    sql`
    insert into action (
      ref, pack, pack_ref, label, entrypoint, runtime, runtime_ref, is_adhoc, param_schema, out_schema, output_format,
      parameter_format, timeout_seconds, runtime_version_constraint, invocation
    )
    select
      ${action.ref}, p.id, p.ref, ${action.ref}, ${action.entrypoint},
      (select r.id from runtime as r where r.ref = ${runtimeRef}), ${runtimeRef}, ${action.is_adhoc ?? true},
      ${json(action.param_schema)}, ${json(action.out_schema)}, ${action.output_format ?? 'text'}::output_format,
      ${action.parameter_format ?? 'json'}::parameter_format, ${action.timeout_seconds ?? null},
      ${action.runtime_version_constraint ?? null}, ${action.invocation ?? 'process'}::action_invocation
    from pack as p where p.ref = 'demo'`,
  );
}

async function dispatch(
  dataSource: DataSource,
  worker: number,
  action_ref: string,
  executions: readonly Partial<NewExecution>[],
): Promise<number[]> {
  return dataSource.transaction(async (db) => {
    const ids = await insertExecutions(
      db,
      executions.map((more) => ({ action: null, action_ref, executor: null, ...more })),
    );
    const moves = ids.map((id) => ({ id, status: 'scheduled' as const, worker }));
    await moveExecutions(db, moves, { from: ['requested'] });
    await insertDispatches(
      db,
      ids.map((execution) => ({ execution, worker, action_ref })),
    );
    return ids;
  });
}

async function getExecution(dataSource: DataSource, id: number): Promise<ExecutionEntity> {
  const execution = await findExecution(dataSource, id);
  if (execution === null) throw new Error(`no execution ${id}`);
  return execution;
}

/** How many dispatches wait at a worker. */
export async function waiting(dataSource: DataSource, worker: number): Promise<number> {
  const [row] = await run<{ count: number }>(
    dataSource,
    sql`select count(*) as count from dispatch as d where d.worker = ${worker}`,
  );
  return row?.count ?? 0;
}
