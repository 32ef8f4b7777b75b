import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, run, sql } from '@attune/common';
import { PackWorkspace } from '../../testing/pack-workspace.js';
import { loadPackDirectory } from '../load/load-pack-directory.js';
import { stagePack } from '../content/stage-pack.js';
import { changePack, type ChangeStep, type PackStorage, recoverPackFiles } from './change-pack.js';
import { StagingArea } from './staging-area.js';

let packs: PackWorkspace;
let base: string;
let storage: PackStorage;

beforeAll(async () => {
  packs = await PackWorkspace.open();
});
afterAll(() => packs.close());

beforeEach(async () => {
  await packs.clear();
  base = await mkdtemp(join(tmpdir(), 'attune-base-'));
  const logger = createLogger('test', { level: 'fatal', format: 'json' });
  storage = { dataSource: packs.db, area: new StagingArea(base), logger };
});
afterEach(() => rm(base, { recursive: true }));

const version = (text: string) =>
  packs.write({ 'pack.yaml': `ref: demo\nversion: ${text}\n`, 'triggers/one.yaml': 'ref: demo.one\n' });

async function install(text: string, onStep?: (step: ChangeStep) => void | Promise<void>): Promise<void> {
  const staging = await storage.area.open();
  const root = join(staging.directory, 'unpacked');
  await cp(await version(text), root, { recursive: true });
  const { directory } = await stagePack(staging, root);
  await changePack(storage, staging, {
    ref: 'demo',
    hasFiles: true,
    change: (db) => loadPackDirectory(db, directory),
    ...(onStep && { onStep }),
  });
}

/** What rows and files say the version is; null: there is no such pack. */
async function state(): Promise<{ rows: string | null; files: string | null; leftovers: number }> {
  const [row] = await run<{ version: string }>(packs.db, sql`select p.version from pack as p where p.ref = 'demo'`);
  const manifest = await readFile(join(base, 'demo/pack.yaml'), 'utf8').catch(() => '');
  return {
    rows: row?.version ?? null,
    files: /version: (.*)/.exec(manifest)?.[1] ?? null,
    leftovers: (await readdir(join(base, '.staging')).catch(() => [])).length,
  };
}

const nothing = { rows: null, files: null, leftovers: 0 };
const at = (text: string) => ({ rows: text, files: text, leftovers: 0 });

/** Does the same in a process of its own that is killed at a step. */
async function dieAt(step: string, source: string): Promise<void> {
  const program = join(import.meta.dirname, '../../testing/change-and-die.main.mjs');
  const { url } = packs;
  const child = spawn(process.execPath, [program, url, base, 'demo', source, step], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
}

describe('changePack', () => {
  it('puts rows and files in place and leaves nothing behind', async () => {
    await install('1.0.0');
    expect(await state()).toEqual(at('1.0.0'));
    await install('2.0.0');
    expect(await state()).toEqual(at('2.0.0'));
  });

  it.each<ChangeStep>(['changed', 'journaled', 'set-aside', 'in-place'])(
    'undoes what fails when %s',
    async (failing) => {
      const fail = (step: ChangeStep): void => {
        if (step === failing) throw new Error('the disk is full');
      };
      await expect(install('1.0.0', fail)).rejects.toThrow('the disk is full');
      expect(await state()).toEqual(nothing);
      await install('1.0.0');
      await expect(install('2.0.0', fail)).rejects.toThrow('the disk is full');
      expect(await state()).toEqual(at('1.0.0'));
    },
  );

  it('lets one of two installs of a pack win as a whole', async () => {
    await Promise.all(['1.0.0', '2.0.0', '3.0.0'].map((text) => install(text)));
    const { rows, files, leftovers } = await state();
    expect(files).toBe(rows);
    expect(leftovers).toBe(0);
  });

  it('waits for an install of the same pack that is under way', async () => {
    let goOn!: () => void;
    const paused = new Promise<void>((done) => (goOn = done));
    let reached!: () => void;
    const isPaused = new Promise<void>((done) => (reached = done));
    const first = install('1.0.0', async (step) => {
      if (step !== 'in-place') return;
      reached();
      await paused;
    });
    await isPaused;
    const second = install('2.0.0');
    goOn();
    await Promise.all([first, second]);
    expect(await state()).toEqual(at('2.0.0'));
  });
});

describe('a process killed while it changes a pack', () => {
  const STEPS: readonly (readonly [step: string, isDone: boolean])[] = [
    ['unpacked', false],
    ['staged', false],
    ['changed', false],
    ['journaled', false],
    ['set-aside', false],
    ['in-place', false],
    ['committed', true],
  ];

  it.each(STEPS)('at %s leaves the old or the new pack: a first install', async (step, isDone) => {
    await dieAt(step, await version('1.0.0'));
    await recoverPackFiles(storage);
    expect(await state()).toEqual(isDone ? at('1.0.0') : nothing);
  });

  it.each(STEPS)('at %s leaves the old or the new pack: an update', async (step, isDone) => {
    await install('1.0.0');
    await dieAt(step, await version('2.0.0'));
    await recoverPackFiles(storage);
    expect(await state()).toEqual(at(isDone ? '2.0.0' : '1.0.0'));
  });

  it.each(STEPS.slice(2))('at %s leaves the pack or nothing: a removal', async (step, isDone) => {
    await install('1.0.0');
    await dieAt(step, '-');
    await recoverPackFiles(storage);
    expect(await state()).toEqual(isDone ? nothing : at('1.0.0'));
  });

  it.each(STEPS)('at %s is tidied up after by the next install too', async (step) => {
    await install('1.0.0');
    await dieAt(step, await version('2.0.0'));
    await install('3.0.0');
    await recoverPackFiles(storage);
    expect(await state()).toEqual(at('3.0.0'));
  });
});

describe('recoverPackFiles', () => {
  it('leaves alone what a living process makes ready', async () => {
    const staging = await storage.area.open();
    await staging.makeDirectory('unpacked');
    await recoverPackFiles(storage);
    expect(await readdir(staging.directory)).toEqual(['unpacked']);
  });

  it('comes to the same end when it is interrupted itself', async () => {
    await install('1.0.0');
    await dieAt('in-place', await version('2.0.0'));
    const [staging] = await storage.area.list();
    // As a recovery leaves it that was killed between its two renames.
    await mkdir(staging!.rejected);
    await cp(join(base, 'demo'), staging!.rejected, { recursive: true });
    await rm(join(base, 'demo'), { recursive: true });
    await recoverPackFiles(storage);
    expect(await state()).toEqual(at('1.0.0'));
  });
});
