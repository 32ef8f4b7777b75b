import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createDataSource, execute, run, sql, type Sql } from '@attune/common';
import { createTestDatabase, type TestDatabase } from '@attune/testing';
import { type DataSource } from 'typeorm';
import { loadPackDirectory, type LoadedPack, type LoadPackOptions } from '../src/load/load-pack-directory.js';
import { PackLoadError } from '../src/problem.js';

export type Files = Readonly<Record<string, string>>;

export const shippedPack = (name: string): string => join(import.meta.dirname, '../../../packs', name);

/** The manifest of a pack that states none. */
export const MANIFEST = 'ref: demo\nversion: 1.0.0\n';
export const ECHO = {
  'actions/echo.yaml': 'ref: demo.echo\nentry_point: echo.sh\n',
  'actions/echo.sh': 'echo\n',
};
export const DEPLOY = { 'triggers/deploy.yaml': 'ref: demo.deploy\n' };
export const RULE = { 'rules/on.yaml': 'ref: demo.on\ntrigger_ref: deploy\naction_ref: echo\n' };

/** A database with the core pack in it and a place for directories of packs. */
export class PackWorkspace {
  private constructor(
    private readonly database: TestDatabase,
    readonly db: DataSource,
    private readonly directory: string,
  ) {}

  static async open(): Promise<PackWorkspace> {
    const database = await createTestDatabase({ migrated: true, kind: 'plain' });
    const db = await createDataSource({ url: database.url }).initialize();
    await loadPackDirectory(db, shippedPack('core'));
    return new PackWorkspace(database, db, await mkdtemp(join(tmpdir(), 'attune-packs-')));
  }

  /** Address of the database. */
  get url(): string {
    return this.database.url;
  }

  async close(): Promise<void> {
    await this.db.destroy();
    await this.database.drop();
    await rm(this.directory, { recursive: true });
  }

  /** Removes every pack but the core pack. */
  async clear(): Promise<void> {
    await execute(this.db, sql`delete from pack where ref <> 'core'`);
  }

  /** Writes a pack into a new directory. Without a manifest of its own it is the pack `demo`. */
  async write(files: Files): Promise<string> {
    const written = { 'pack.yaml': MANIFEST, ...files };
    const ref = /^ref: (.*)$/m.exec(written['pack.yaml'])?.[1] ?? 'demo';
    const directory = join(this.directory, randomUUID(), ref);
    for (const [path, text] of Object.entries(written)) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), text);
    }
    return directory;
  }

  async load(files: Files, options?: LoadPackOptions): Promise<LoadedPack> {
    return loadPackDirectory(this.db, await this.write(files), options);
  }

  /** What is wrong with a pack that must not load. */
  async problemsOf(files: Files): Promise<PackLoadError['problems']> {
    const error: unknown = await this.load(files).then(
      () => new Error('the pack was loaded'),
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof PackLoadError)) throw error;
    return error.problems;
  }

  rows<Row>(statement: Sql): Promise<Row[]> {
    return run<Row>(this.db, statement);
  }

  async row(statement: Sql): Promise<unknown> {
    const [row] = await this.rows<unknown>(statement);
    if (row === undefined) throw new Error('no such row');
    return row;
  }

  /** Every stored row of packs and components with its version, as one text: equal only when nothing was touched. */
  async content(): Promise<string> {
    const tables = ['pack', 'permission_set', 'runtime', 'runtime_version', 'trigger', 'action', 'rule', 'policy'];
    const texts = await this.rows<{ content: string | null }>(sql`
      select query_to_xml(format('select t.*, t.xmin from %I as t order by t.id', name), true, true, '')::text as content
      from unnest(${tables}::text[]) as name`);
    return texts.map(({ content }) => content ?? '').join('\n');
  }
}
