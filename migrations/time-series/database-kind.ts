import { type QueryRunner } from 'typeorm';

/**
 * What the time-series tables stand on: TimescaleDB under the community licence (`timescale`), its Apache edition
 * (`apache`: hypertables, but no compression, policies or continuous aggregates), or declarative partitions (`plain`).
 */
export type DatabaseKind = 'timescale' | 'apache' | 'plain';

/** Our triggers read transition tables, which hypertables have had since this version. */
export const OLDEST_TIMESCALEDB = '2.18';

interface ServerRow {
  readonly installed: string | null;
  readonly available: string | null;
  readonly preloaded: boolean;
}

/**
 * Decides what a database that has no time-series tables yet gets, and creates the extension where the server offers it.
 * A role that may not create it gets plain partitions: the one-line description at start says so.
 * @throws Error when TimescaleDB is there but older than we can run on, or installed and not preloaded
 */
export async function prepareDatabase(q: QueryRunner): Promise<DatabaseKind> {
  const server = await readServer(q);
  if (server.installed === null) {
    // Not preloaded: "create extension" would fail, and the connection with it.
    if (server.available === null || !server.preloaded) return 'plain';
    refuseOldVersion(server.available);
    await createExtension(q);
    return licensedKind(q);
  }
  if (!server.preloaded) {
    throw new Error(
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
      exists (select from pg_settings as s where s.name = 'timescaledb.max_background_workers') as preloaded`)) as ServerRow[];
  return rows[0] ?? { installed: null, available: null, preloaded: false };
}

/** In a block of its own, so that a refusal leaves the migration's transaction usable. */
async function createExtension(q: QueryRunner): Promise<void> {
  await q.query(`
    do $$
    begin
      create extension timescaledb;
    exception when insufficient_privilege or feature_not_supported then
      raise warning 'TimescaleDB is available but may not be created (%): plain partitions are used', sqlerrm;
    end
    $$`);
}

async function licensedKind(q: QueryRunner): Promise<DatabaseKind> {
  const [row] = (await q.query(`
    select
      exists (select from pg_extension as x where x.extname = 'timescaledb') as installed,
      current_setting('timescaledb.license', true) as license`)) as { installed: boolean; license: string | null }[];
  if (row?.installed !== true) return 'plain';
  return row.license === 'timescale' ? 'timescale' : 'apache';
}

function refuseOldVersion(version: string): void {
  if (compareVersions(version, OLDEST_TIMESCALEDB) >= 0) return;
  throw new Error(
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
