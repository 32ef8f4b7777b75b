import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { syncBundledPacks } from './sync-bundled-packs.js';

let root: string;
let source: string;
let target: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'attune-sync-'));
  source = join(root, 'shipped');
  target = join(root, 'data', 'packs');
  await put(source, 'core/pack.yaml', 'ref: core\n');
  await put(source, 'core/actions/echo.sh', 'echo\n');
  await chmod(join(source, 'core/actions/echo.sh'), 0o755);
  await put(source, 'demo/pack.yaml', 'ref: demo\n');
});

afterEach(() => rm(root, { recursive: true }));

async function put(directory: string, path: string, text: string): Promise<void> {
  await mkdir(dirname(join(directory, path)), { recursive: true });
  await writeFile(join(directory, path), text);
}

const copied = async (): Promise<Record<string, boolean>> =>
  Object.fromEntries((await syncBundledPacks(source, target)).map((pack) => [pack.ref, pack.copied]));

describe('syncBundledPacks', () => {
  it('copies what is missing, with the right to execute', async () => {
    await put(source, 'no-pack/readme.txt', 'nothing to see');
    expect(await syncBundledPacks(source, target)).toEqual([
      { ref: 'core', directory: join(target, 'core'), copied: true },
      { ref: 'demo', directory: join(target, 'demo'), copied: true },
    ]);
    expect(await readFile(join(target, 'core/actions/echo.sh'), 'utf8')).toBe('echo\n');
    expect((await stat(join(target, 'core/actions/echo.sh'))).mode & 0o111).toBe(0o111);
    expect((await readdir(target)).sort()).toEqual(['core', 'demo']);
  });

  it('leaves a pack alone that is the same already, whatever running it left behind', async () => {
    await copied();
    await put(target, 'core/lib/__pycache__/echo.pyc', 'compiled');
    const before = await stat(join(target, 'core'));
    expect(await copied()).toEqual({ core: false, demo: false });
    expect((await stat(join(target, 'core'))).ino).toBe(before.ino);
  });

  it.each<[string, () => Promise<void>]>([
    ['a changed file', () => put(source, 'core/actions/echo.sh', 'echo new\n')],
    ['a new file', () => put(source, 'core/actions/more.sh', 'more\n')],
    ['a file that is gone', () => unlink(join(source, 'core/actions/echo.sh'))],
    ['a changed mode', () => chmod(join(source, 'core/actions/echo.sh'), 0o644)],
    ['a damaged copy', () => put(target, 'core/pack.yaml', 'damaged')],
    ['a lost copy', () => rm(join(target, 'core'), { recursive: true })],
  ])('replaces the whole pack after %s', async (_what, change) => {
    await copied();
    await change();
    expect(await copied()).toEqual({ core: true, demo: false });
    expect(await copied()).toEqual({ core: false, demo: false });
    expect((await readdir(target)).sort()).toEqual(['core', 'demo']);
  });

  it('gives whole packs when several processes do it at once', async () => {
    await Promise.all(Array.from({ length: 5 }, () => syncBundledPacks(source, target)));
    expect(await copied()).toEqual({ core: false, demo: false });
    expect((await readdir(target)).sort()).toEqual(['core', 'demo']);
  });

  it('gives the core pack first, because the others name its runtimes', async () => {
    await put(source, 'alpha/pack.yaml', 'ref: alpha\n');
    expect((await syncBundledPacks(source, target)).map(({ ref }) => ref)).toEqual(['core', 'alpha', 'demo']);
  });

  it('leaves packs alone that were not shipped', async () => {
    await put(target, 'mine/pack.yaml', 'ref: mine\n');
    await copied();
    expect(await readFile(join(target, 'mine/pack.yaml'), 'utf8')).toBe('ref: mine\n');
  });

  it('leaves a copy alone that another process may be making', async () => {
    await put(target, '.core.new-0123456789ab/pack.yaml', 'half a copy');
    await utimes(join(target, '.core.new-0123456789ab'), 0, 0);
    await copied();
    expect(await readdir(target)).toContain('.core.new-0123456789ab');
  });
});
