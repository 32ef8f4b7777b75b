import { type QueryRunner } from 'typeorm';

/**
 * What the time-series tables stand on: TimescaleDB under the community licence (`timescale`), its Apache edition
 * (`apache`: hypertables, but no compression, policies or continuous aggregates), or declarative partitions (`plain`).
 */
export type DatabaseKind = 'timescale' | 'apache' | 'plain';

/** Our triggers read transition tables, which hypertables have had since this version. */
export const OLDEST_TIMESCALEDB = '2.18';

/**
 * A setting of the session, `off`: plain partitions, whatever the server offers. It reaches the migrations with the
 * connection (`?options=-c%20attune.timescaledb%3Doff` in its address), which needs no rights in the database.
 */
export const TIMESCALEDB_SETTING = 'attune.timescaledb';

/** The server is not ready for the tables; `message` says what somebody has to do there. The migration left nothing behind. */
export class DatabaseNotReadyError extends Error {
  override readonly name = 'DatabaseNotReadyError';
}

interface ServerRow {
  readonly installed: string | null;
  readonly available: string | null;
  readonly preloaded: boolean;
  /** Somebody insists on plain partitions. */
  readonly isDeclined: boolean;
  readonly role: string;
  readonly database: string;
}

/**
 * Decides what a database that has no time-series tables yet gets, and creates the extension where the server offers it.
 *
 * The decision is for good, so a server that has TimescaleDB loaded and a role that may not create it is refused: plain
 * partitions would look the same on the first day and lack compression ever after.
 * @throws DatabaseNotReadyError TimescaleDB is there but may not be created, is too old, or is installed and not loaded
 */
export async function prepareDatabase(q: QueryRunner): Promise<DatabaseKind> {
  const server = await readServer(q);
  if (server.isDeclined) return 'plain';
  if (server.installed === null) {
    // Not preloaded: "create extension" would fail, and the connection with it.
    if (server.available === null || !server.preloaded) return 'plain';
    refuseOldVersion(server.available);
    await createExtension(q, server);
    return licensedKind(q);
  }
  if (!server.preloaded) {
    throw new DatabaseNotReadyError(
      `TimescaleDB ${server.installed} is installed in this database but not loaded: add timescaledb to shared_preload_libraries and restart the server`,
    );
  }
  refuseOldVersion(server.installed);
  return licensedKind(q);
}

/**
 * What the existing tables stand on. Asked of the tables, not of the server: a licence that changes later, or an
 * extension that is installed later, does not change what was built.
 */
export async function existingKind(q: QueryRunner): Promise<DatabaseKind> {
  const [event] = (await q.query(
    `select c.relkind = 'p' as partitioned from pg_class as c where c.oid = to_regclass('event')`,
  )) as { partitioned: boolean }[];
  if (event?.partitioned === true) return 'plain';
  const [aggregate] = (await q.query(
    `select count(*)::int as found from timescaledb_information.continuous_aggregates as a
     where a.view_name = 'event_volume_hourly' and a.view_schema = current_schema()`,
  )) as { found: number }[];
  return aggregate?.found === 1 ? 'timescale' : 'apache';
}

async function readServer(q: QueryRunner): Promise<ServerRow> {
  const rows = (await q.query(`
    select
      (select x.extversion from pg_extension as x where x.extname = 'timescaledb') as installed,
      (select x.default_version from pg_available_extensions as x where x.name = 'timescaledb') as available,
      -- a setting of a library that is not loaded is a placeholder, and those are not listed
      exists (select from pg_settings as s where s.name = 'timescaledb.max_background_workers') as preloaded,
      coalesce(current_setting('${TIMESCALEDB_SETTING}', true), '') = 'off' as "isDeclined",
      current_user as role,
      current_database() as database`)) as ServerRow[];
  const [server] = rows;
  if (!server) throw new Error('the server did not answer');
  return server;
}

/** What PostgreSQL says to a role that may not create the extension; the second one is how some managed services say it. */
const NOT_ALLOWED: ReadonlySet<unknown> = new Set(['42501', '0A000']);

async function createExtension(q: QueryRunner, { available, role, database }: ServerRow): Promise<void> {
  try {
    await q.query('create extension timescaledb');
  } catch (error) {
    const { driverError } = error as { driverError?: { code?: unknown; message?: unknown } };
    if (!NOT_ALLOWED.has(driverError?.code)) throw error;
    throw new DatabaseNotReadyError(
      `TimescaleDB ${String(available)} is loaded on this server, but role "${role}" may not create it (${String(driverError?.message)}). ` +
        `Have a superuser run "create extension timescaledb" in database "${database}" and start again, ` +
        `or, for plain partitions without compression and for good, add ?options=-c%20${TIMESCALEDB_SETTING}%3Doff to the address of the database`,
      { cause: error },
    );
  }
}

async function licensedKind(q: QueryRunner): Promise<DatabaseKind> {
  const [row] = (await q.query(`select current_setting('timescaledb.license', true) as license`)) as {
    license: string | null;
  }[];
  return row?.license === 'timescale' ? 'timescale' : 'apache';
}

function refuseOldVersion(version: string): void {
  if (compareVersions(version, OLDEST_TIMESCALEDB) >= 0) return;
  throw new DatabaseNotReadyError(
    `TimescaleDB ${version} is too old: ${OLDEST_TIMESCALEDB} or later is needed (hypertable triggers with transition tables). ` +
      `Update it with "alter extension timescaledb update", or use a server that does not preload it`,
  );
}

/** Negative when `a` is the older one. Only the first two numbers count. */
export function compareVersions(a: string, b: string): number {
  const [majorA = 0, minorA = 0] = a.split('.').map((part) => Number.parseInt(part, 10));
  const [majorB = 0, minorB = 0] = b.split('.').map((part) => Number.parseInt(part, 10));
  return majorA - majorB || minorA - minorB;
}
