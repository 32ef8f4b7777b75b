import { type JsonObject } from '@attune/engine';
import { type Database, execute, run } from '../database/run.js';
import { allOf, json, sql, type Sql } from '../database/sql.js';
import { type WorkerRole, type WorkerStatus, type WorkerType } from '../entities/enums.js';
import { type WorkerEntity } from '../entities/worker.entity.js';
import { type CreatedWindow, createdIn, liveWindow, recentWindow } from './created-range.js';
import { type CountedPage, type PageRequest } from './page.js';

/** What a worker says about itself when it starts. */
export interface WorkerRegistration {
  /** Stays the same over restarts: the same name is the same worker. */
  readonly name: string;
  readonly worker_type?: WorkerType;
  readonly worker_role: WorkerRole;
  readonly host?: string | null;
  readonly port?: number | null;
  readonly capabilities: JsonObject;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly JsonObject[];
}

/** What the API shows as the state of a worker: its own status, corrected by what we know better. */
export type WorkerHealthState = 'active' | 'busy' | 'cordoned' | 'offline' | 'error' | 'inactive';

/** Executions of the last seven days on a worker, by status; finished ones are not counted. */
export interface WorkerLoad {
  readonly scheduling: number;
  readonly scheduled: number;
  readonly running: number;
  readonly canceling: number;
}

export type WorkerWithLoad = WorkerEntity &
  WorkerLoad & {
    /** Whole seconds since the last heartbeat, by the database's clock; null: never heard of. */
    readonly heartbeat_age_seconds: number | null;
    /** Not heard of for longer than `HEARTBEAT_STALE_SECONDS`. */
    readonly heartbeat_stale: boolean;
    /** What it last said, unless it has gone quiet: then it is not active, whatever it said. */
    readonly effective_status: WorkerStatus;
    readonly health_state: WorkerHealthState;
  };

export interface WorkerFilter {
  readonly role?: WorkerRole | undefined;
  /** The effective one. */
  readonly status?: WorkerStatus | undefined;
  readonly cordoned?: boolean | undefined;
  readonly health_state?: WorkerHealthState | undefined;
}

/** A worker not heard of for this long is taken for dead: three heartbeats. */
export const HEARTBEAT_STALE_SECONDS = 90;

const COLUMNS = sql`
  w.id, w.name, w.worker_type, w.worker_role, w.host, w.port, w.status, w.capabilities, w.labels, w.taints, w.meta,
  w.last_heartbeat, w.cordoned, w.cordon_reason, w.cordoned_by, w.cordoned_at, w.created, w.updated`;

const IS_STALE = sql`coalesce(w.last_heartbeat < now() - ${HEARTBEAT_STALE_SECONDS} * interval '1 second', true)`;

/** Worker columns, age of the heartbeat, health, and load: executions made in `window`, counted once for all workers. */
const workersWithLoad = (window: CreatedWindow): Sql => sql`
  select
    ${COLUMNS},
    floor(extract(epoch from now() - w.last_heartbeat))::int as heartbeat_age_seconds,
    ${IS_STALE} as heartbeat_stale,
    case when w.status <> 'error' and ${IS_STALE} then 'inactive' else w.status end as effective_status,
    case
      when w.cordoned then 'cordoned'
      when w.status = 'error' then 'error'
      when w.status = 'inactive' then 'inactive'
      when ${IS_STALE} then 'offline'
      else w.status::text
    end as health_state,
    coalesce(l.scheduling, 0)::int as scheduling,
    coalesce(l.scheduled, 0)::int as scheduled,
    coalesce(l.running, 0)::int as running,
    coalesce(l.canceling, 0)::int as canceling
  from worker as w
  left join (
    select
      e.worker,
      count(*) filter (where e.status = 'scheduling') as scheduling,
      count(*) filter (where e.status = 'scheduled') as scheduled,
      count(*) filter (where e.status = 'running') as running,
      count(*) filter (where e.status = 'canceling') as canceling
    from execution as e
    where
      e.status in ('scheduling', 'scheduled', 'running', 'canceling')
      and e.worker is not null
      and ${createdIn(sql`e.created`, window)}
    group by e.worker
  ) as l on l.worker = w.id`;

const LISTED_COLUMNS = sql`
  listed.id, listed.name, listed.worker_type, listed.worker_role, listed.host, listed.port, listed.status,
  listed.capabilities, listed.labels, listed.taints, listed.meta, listed.last_heartbeat, listed.cordoned,
  listed.cordon_reason, listed.cordoned_by, listed.cordoned_at, listed.created, listed.updated,
  listed.heartbeat_age_seconds, listed.heartbeat_stale, listed.effective_status, listed.health_state,
  listed.scheduling, listed.scheduled, listed.running, listed.canceling`;

/**
 * Makes a starting worker known and gives its id. A restarted one keeps its row, and whether it is cordoned: that is an
 * operator's choice.
 */
export async function registerWorker(db: Database, worker: WorkerRegistration): Promise<number> {
  const [row] = await run<{ id: number }>(
    db,
    sql`
    insert into worker as w (name, worker_type, worker_role, host, port, status, capabilities, labels, taints, last_heartbeat)
    values (
      ${worker.name}, ${worker.worker_type ?? 'local'}, ${worker.worker_role}, ${worker.host ?? null},
      ${worker.port ?? null}, 'active', ${json(worker.capabilities)}, ${json(worker.labels ?? {})},
      ${json(worker.taints ?? [])}, now()
    )
    on conflict (name) do update
    set
      worker_type = excluded.worker_type, worker_role = excluded.worker_role, host = excluded.host,
      port = excluded.port, status = excluded.status, capabilities = excluded.capabilities, labels = excluded.labels,
      taints = excluded.taints, last_heartbeat = excluded.last_heartbeat
    returning w.id`,
  );
  if (!row) throw new Error('a registered worker has an id');
  return row.id;
}

/** Notes that a worker is alive, and what it can do now. False: its row is gone, it has to register again. */
export async function recordHeartbeat(
  db: Database,
  id: number,
  { status = 'active', capabilities }: { readonly status?: WorkerStatus; readonly capabilities?: JsonObject } = {},
): Promise<boolean> {
  const changed = await execute(
    db,
    sql`
    update worker as w
    set
      last_heartbeat = now(), status = ${status},
      capabilities = coalesce(${json(capabilities)}::jsonb, w.capabilities)
    where w.id = ${id}`,
  );
  return changed > 0;
}

/** A worker says goodbye, or has been found dead. */
export async function setWorkerStatus(db: Database, id: number, status: WorkerStatus): Promise<void> {
  await execute(db, sql`update worker as w set status = ${status} where w.id = ${id}`);
}

/** Turns workers that have gone quiet `inactive` and gives their ids. */
export async function deactivateStaleWorkers(db: Database, staleSeconds = HEARTBEAT_STALE_SECONDS): Promise<number[]> {
  const rows = await run<{ id: number }>(
    db,
    sql`
    update worker as w
    set status = 'inactive'
    where
      w.status in ('active', 'busy')
      and (w.last_heartbeat is null or w.last_heartbeat < now() - ${staleSeconds} * interval '1 second')
    returning w.id`,
  );
  return rows.map((row) => row.id);
}

/**
 * Workers that take actions now, with their load: alive, not cordoned. By name.
 *
 * Runs for every batch of executions, so it looks at the last partitions only. What has been running for days is not
 * counted: that makes a choice slightly worse, never wrong, because a worker takes no more than it has slots for.
 */
export function listWorkersForScheduling(
  db: Database,
  staleSeconds = HEARTBEAT_STALE_SECONDS,
): Promise<WorkerWithLoad[]> {
  return run<WorkerWithLoad>(
    db,
    sql`
    ${workersWithLoad(recentWindow(Date.now()))}
    where
      w.worker_role = 'action' and w.status = 'active' and not w.cordoned
      and w.last_heartbeat >= now() - ${staleSeconds} * interval '1 second'
    order by w.name`,
  );
}

/** One worker with its load, or null. */
export async function findWorker(db: Database, id: number): Promise<WorkerWithLoad | null> {
  const [worker] = await run<WorkerWithLoad>(db, sql`${workersWithLoad(liveWindow(Date.now()))} where w.id = ${id}`);
  return worker ?? null;
}

/** Workers with their load, by name. The total comes with the rows, also where a page beyond the last one has none. */
export async function listWorkers(
  db: Database,
  filter: WorkerFilter,
  { limit, offset }: PageRequest,
): Promise<CountedPage<WorkerWithLoad>> {
  const rows = await run<{ total: number } & (WorkerWithLoad | { id: null })>(
    db,
    sql`
    with known as (${workersWithLoad(liveWindow(Date.now()))}),
    matching as (select k.id, k.name from known as k where ${conditionsOf(filter)})
    select counted.total, ${LISTED_COLUMNS}
    from (select count(*) as total from matching) as counted
    left join (select m.id from matching as m order by m.name limit ${limit} offset ${offset}) as page on true
    left join known as listed on listed.id = page.id
    order by listed.name`,
  );
  return { rows: rows.flatMap((row) => (row.id === null ? [] : [row])), total: rows[0]?.total ?? 0 };
}

function conditionsOf({ role, status, cordoned, health_state }: WorkerFilter): Sql {
  const conditions: Sql[] = [];
  if (role !== undefined) conditions.push(sql`k.worker_role = ${role}`);
  if (status !== undefined) conditions.push(sql`k.effective_status = ${status}`);
  if (cordoned !== undefined) conditions.push(sql`k.cordoned = ${cordoned}`);
  if (health_state !== undefined) conditions.push(sql`k.health_state = ${health_state}`);
  return allOf(conditions);
}
