import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { addressOf, type Config, messageOf } from '@attune/common';
import { type PostgresServer, startPostgres } from '@attune/postgres';
import { displayPath } from './display-path.js';
import { restartDelayMs } from './restart-delay.js';

/** The services end their work after our death; the database waits for them this long. */
const ORPHAN_GRACE_SECONDS = 10;

/** The database that everything runs on: ours, or one that the person gave. */
export interface ProductDatabase {
  readonly url: string;
  /** For the person: `embedded, in .attune/postgres`. */
  readonly place: string;
  /** Variables that tell a service where it is; the address of our own stands in a file, not in the environment. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Starts the embedded server unless an address is configured. @throws PostgresError in one line */
export async function openProductDatabase(config: Config, tell: (line: string) => void): Promise<ProductDatabase> {
  if (config.database.url !== null) {
    const { url } = config.database;
    return { url, place: addressOf(url), environment: {}, stop: () => Promise.resolve() };
  }
  return EmbeddedDatabase.start(config.dataDir, tell);
}

/** Where the address of the running embedded server stands, mode 0600. */
export const databaseUrlFile = (dataDir: string): string => join(dataDir, 'database-url');

/** Keeps the embedded server running on one address until it is stopped. */
class EmbeddedDatabase implements ProductDatabase {
  readonly url: string;
  readonly place: string;
  readonly environment: Readonly<Record<string, string>>;
  private readonly stopping = new AbortController();
  private readonly watching: Promise<void>;

  private constructor(
    private readonly dataDir: string,
    private server: PostgresServer,
    private readonly tell: (line: string) => void,
  ) {
    const file = databaseUrlFile(dataDir);
    this.url = server.url;
    this.place = `embedded, in ${displayPath(postgresDir(dataDir))}`;
    this.environment = { ATTUNE__DATABASE__URL_FILE: file };
    writeFileSync(file, `${server.url}\n`, { mode: 0o600 });
    this.watching = this.keepRunning();
  }

  static async start(dataDir: string, tell: (line: string) => void): Promise<EmbeddedDatabase> {
    return new EmbeddedDatabase(dataDir, await startServer(dataDir), tell);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.server.stop();
    await this.watching;
    rmSync(databaseUrlFile(this.dataDir), { force: true });
  }

  /** The address must not change: the services hold it. Their pools reconnect by themselves. */
  private async keepRunning(): Promise<void> {
    const { port } = this.server;
    for (;;) {
      const { isExpected, signal, code } = await this.server.exited;
      if (isExpected) return;
      const how = signal === null ? `exit code ${String(code)}` : `signal ${signal}`;
      this.tell(`PostgreSQL ended (${how}); starting it again, see ${this.server.logPath}`);
      for (let failures = 1; ; failures += 1) {
        try {
          this.server = await startServer(this.dataDir, port);
          break;
        } catch (error) {
          const waitMs = restartDelayMs(failures);
          this.tell(`PostgreSQL did not start: ${messageOf(error)}; trying again in ${waitMs / 1000} s`);
          await delay(waitMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
          if (this.stopping.signal.aborted) return;
        }
      }
      if (this.stopping.signal.aborted) {
        await this.server.stop();
        return;
      }
      this.tell('PostgreSQL is running again');
    }
  }
}

const postgresDir = (dataDir: string): string => join(dataDir, 'postgres');

function startServer(dataDir: string, port?: number): Promise<PostgresServer> {
  return startPostgres({
    dataDir: postgresDir(dataDir),
    orphanGraceSeconds: ORPHAN_GRACE_SECONDS,
    ...(port === undefined ? {} : { port }),
  });
}
