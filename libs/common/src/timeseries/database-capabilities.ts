import { type DatabaseKind } from '@attune/migrations';
import { type Database, run } from '../database/run.js';
import { sql } from '../database/sql.js';

/** What the database under a running product can do. */
export interface DatabaseCapabilities {
  readonly kind: DatabaseKind;
  /** For example `18.4`. */
  readonly serverVersion: string;
  /** Null: the extension is not installed in this database. */
  readonly timescaledbVersion: string | null;
  /** Chunks older than a week are compressed. */
  readonly compression: boolean;
  /** Retention, compression and refresh run in the database; otherwise the executor's maintenance does what there is to do. */
  readonly policies: boolean;
  /** Hourly sums are continuous aggregates; otherwise rollup tables with a view of the same name. */
  readonly continuousAggregates: boolean;
  /** All of this in one line, for people. */
  readonly description: string;
}

interface ServerRow {
  readonly serverVersion: string;
  readonly timescaledbVersion: string | null;
  readonly license: string | null;
  readonly isPartitioned: boolean;
}

/**
 * Asks the database. The kind is that of the tables as they were made: a licence or an extension that came later
 * changes nothing about them, and the description then says so.
 */
export async function databaseCapabilities(db: Database): Promise<DatabaseCapabilities> {
  const [server] = await run<ServerRow>(
    db,
    sql`
    select
      current_setting('server_version') as "serverVersion",
      (select x.extversion from pg_extension as x where x.extname = 'timescaledb') as "timescaledbVersion",
      current_setting('timescaledb.license', true) as license,
      coalesce((select c.relkind = 'p' from pg_class as c where c.oid = to_regclass('event')), false) as "isPartitioned"`,
  );
  if (!server) throw new Error('the server did not answer');
  const kind = await kindOf(db, server);
  const hasPolicies = kind === 'timescale';
  return {
    kind,
    serverVersion: shortVersion(server.serverVersion),
    timescaledbVersion: server.timescaledbVersion,
    compression: hasPolicies,
    policies: hasPolicies,
    continuousAggregates: hasPolicies,
    description: describe(kind, server),
  };
}

async function kindOf(db: Database, server: ServerRow): Promise<DatabaseKind> {
  if (server.isPartitioned || server.timescaledbVersion === null) return 'plain';
  const [aggregate] = await run<{ exists: boolean }>(
    db,
    sql`
    select exists (
      select from timescaledb_information.continuous_aggregates as a
      where a.view_name = 'event_volume_hourly' and a.view_schema = current_schema()
    ) as exists`,
  );
  return aggregate?.exists === true ? 'timescale' : 'apache';
}

function describe(kind: DatabaseKind, { serverVersion, timescaledbVersion, license }: ServerRow): string {
  const server = `PostgreSQL ${shortVersion(serverVersion)}`;
  switch (kind) {
    case 'timescale': {
      const line = `${server} with TimescaleDB ${timescaledbVersion} (community): hypertables, compression, retention policies and continuous aggregates`;
      return license === 'timescale'
        ? line
        : `${line}; its licence is now "${license ?? 'unknown'}", so none of its policies run`;
    }
    case 'apache':
      return (
        `${server} with TimescaleDB ${timescaledbVersion} (${license === 'timescale' ? 'set up under the Apache licence' : 'Apache edition'}): ` +
        `hypertables without compression; the executor keeps retention and hourly rollups`
      );
    case 'plain': {
      const line = `${server} without TimescaleDB: daily partitions without compression; the executor keeps partitions, retention and hourly rollups`;
      return timescaledbVersion === null
        ? line
        : `${line} (TimescaleDB ${timescaledbVersion} was installed after the tables were made and is not used)`;
    }
  }
}

/** Distributions add their own name after a space. */
const shortVersion = (version: string): string => version.split(' ')[0] ?? version;
