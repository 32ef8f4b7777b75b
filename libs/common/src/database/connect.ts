import { type DataSource } from 'typeorm';
import { messageOf, StartupError } from '../errors/domain-error.js';
import { run } from './run.js';
import { sql } from './sql.js';
import { SQLSTATE, sqlStateOf } from './sqlstate.js';

/** Oldest server we run on; partition pruning and `jsonb` functions we use came with it. */
const OLDEST_SERVER_VERSION = 150_000;

/**
 * Opens the pool and checks that the server is one we can run on.
 * @throws StartupError one line: unreachable, wrong password, unknown database, or too old
 */
export async function connect(dataSource: DataSource, url: string): Promise<void> {
  const where = addressOf(url);
  try {
    await dataSource.initialize();
  } catch (error) {
    throw new StartupError(explain(error, where, url), { cause: error });
  }
  const [server] = await run<{ version: number; text: string }>(
    dataSource,
    sql`select current_setting('server_version_num')::int as version, current_setting('server_version') as text`,
  );
  if (!server || server.version < OLDEST_SERVER_VERSION) {
    await dataSource.destroy();
    throw new StartupError(`database at ${where} is PostgreSQL ${server?.text ?? '?'}: version 15 or later is needed`);
  }
}

/** Host, port and database of an address, without its password. */
export function addressOf(url: string): string {
  const { hostname, port, pathname, searchParams } = new URL(url);
  const host = searchParams.get('host') ?? decodeURIComponent(hostname);
  return `${host}:${port === '' ? '5432' : port}${pathname}`;
}

function explain(error: unknown, where: string, url: string): string {
  switch (sqlStateOf(error)) {
    case SQLSTATE.invalidPassword:
      return `database at ${where} refuses the password of user "${userOf(url)}"`;
    case SQLSTATE.invalidAuthorization:
      return `database at ${where} does not let user "${userOf(url)}" in: ${messageOf(error)}`;
    case SQLSTATE.unknownDatabase:
      return `database at ${where} does not exist: create it first`;
    default:
      return `cannot reach the database at ${where}: ${reasonOf(error)}`;
  }
}

/** A failed connection to a name with several addresses is an aggregate whose own message is empty. */
function reasonOf(error: unknown): string {
  const message = messageOf(error);
  return message === '' ? (sqlStateOf(error) ?? 'no answer') : message;
}

const userOf = (url: string): string => decodeURIComponent(new URL(url).username);
