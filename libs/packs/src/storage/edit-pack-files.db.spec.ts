import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDataSource, createLogger, execute, run, sql } from '@attune/common';
import { createTestDatabase, type TestDatabase } from '@attune/testing';
import { editPackFiles, type EditStep, type EditStorage, recoverPackEdits } from './edit-pack-files.js';

let database: TestDatabase;
let storage: EditStorage;
let base: string;

beforeAll(async () => {
  database = await createTestDatabase({ migrated: true, kind: 'plain' });
  const dataSource = await createDataSource({ url: database.url }).initialize();
  const logger = createLogger('test', { level: 'fatal', format: 'json' });
  storage = { dataSource, packsBaseDirectory: '', logger };
});
afterAll(async () => {
  await storage.dataSource.destroy();
  await database.drop();
});

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'attune-edits-'));
  storage = { ...storage, packsBaseDirectory: base };
  await mkdir(join(base, 'demo'));
  await writeFile(join(base, 'demo/old.yaml'), 'before');
  await execute(storage.dataSource, sql`delete from pack as p`);
  await execute(
    storage.dataSource,
    sql`insert into pack (ref, label, version, description) values ('demo', 'Demo', '1.0.0', 'before')`,
  );
});
afterEach(() => rm(base, { recursive: true }));

const edit = (text: string, onStep?: (step: EditStep) => void | Promise<void>) =>
  editPackFiles(storage, {
    ref: 'demo',
    change: async (db) => {
      await execute(db, sql`update pack as p set description = ${text} where p.ref = 'demo'`);
      return { result: text, files: ['old.yaml', 'workflows/new.yaml'].map((path) => ({ path, text })) };
    },
    ...(onStep && { onStep }),
  });

const textOf = (path: string): Promise<string | null> => readFile(join(base, 'demo', path), 'utf8').catch(() => null);

/** What the row, the old file and the new file say, and what is left over. */
async function state() {
  const [row] = await run<{ text: string }>(
    storage.dataSource,
    sql`select p.description as text from pack as p where p.ref = 'demo'`,
  );
  const leftovers = (await readdir(join(base, '.edits')).catch(() => [])).length;
  return { row: row?.text, old: await textOf('old.yaml'), new: await textOf('workflows/new.yaml'), leftovers };
}

const before = { row: 'before', old: 'before', new: null, leftovers: 0 };
const after = (text: string) => ({ row: text, old: text, new: text, leftovers: 0 });

async function dieAt(step: EditStep, text: string): Promise<void> {
  const program = join(import.meta.dirname, '../../testing/edit-and-die.main.mjs');
  const child = spawn(process.execPath, [program, database.url, base, 'demo', step, text], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
}

const STEPS: readonly EditStep[] = ['changed', 'journaled', 'in-place', 'committed'];

it('puts rows and files in place and leaves nothing behind', async () => {
  expect(await edit('one')).toBe('one');
  expect(await state()).toEqual(after('one'));
  await edit('two');
  expect(await state()).toEqual(after('two'));
});

it.each(STEPS.slice(0, 3))('undoes what fails when %s', async (failing) => {
  const fail = (step: EditStep): void => {
    if (step === failing) throw new Error('the disk is full');
  };
  await expect(edit('one', fail)).rejects.toThrow('the disk is full');
  expect(await state()).toEqual(before);
});

it.each(STEPS)('killed when %s, leaves the old or the new, and nothing in between', async (step) => {
  await dieAt(step, 'one');
  await Promise.all([recoverPackEdits(storage), recoverPackEdits(storage)]);
  expect(await state()).toEqual(step === 'committed' ? after('one') : before);
});

it.each(STEPS)('killed when %s, is tidied up after by the next edit', async (step) => {
  await dieAt(step, 'one');
  await edit('two');
  expect(await state()).toEqual(after('two'));
});

it('does not take back what somebody else wrote after a killed edit', async () => {
  await dieAt('in-place', 'one');
  await writeFile(join(base, 'demo/old.yaml'), 'by hand');
  await recoverPackEdits(storage);
  expect(await state()).toEqual({ ...before, old: 'by hand' });
});

it('lets edits of a pack wait for each other', async () => {
  await Promise.all(['one', 'two', 'three'].map((text) => edit(text)));
  const { row, ...files } = await state();
  expect(files).toEqual({ old: row, new: row, leftovers: 0 });
});

it('writes through no link', async () => {
  const outside = await mkdtemp(join(tmpdir(), 'attune-outside-'));
  await symlink(outside, join(base, 'demo/workflows'));
  await expect(edit('one')).rejects.toMatchObject({ code: 'pack.bad_request' });
  expect(await readdir(outside)).toEqual([]);
  await rm(join(base, 'demo/workflows'));
  await writeFile(join(outside, 'secret'), 'kept');
  await rm(join(base, 'demo/old.yaml'));
  await symlink(join(outside, 'secret'), join(base, 'demo/old.yaml'));
  await expect(edit('one')).rejects.toMatchObject({ code: 'pack.bad_request' });
  expect(await readFile(join(outside, 'secret'), 'utf8')).toBe('kept');
  await rm(outside, { recursive: true });
});
