import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { archiveOf, archiveOfFiles, type Entry, tarOf } from '../../testing/archives.js';
import { extractArchive } from './extract-archive.js';
import { findPackRoot } from './find-pack-root.js';

const limits = { maxTotalBytes: 100_000, maxEntryBytes: 50_000, maxEntries: 20 };
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'attune-extract-'));
});
afterEach(() => rm(directory, { recursive: true }));

const extract = (archive: Uint8Array, options = { limits }) =>
  extractArchive(Readable.from([archive]), directory, options);
const extractEntries = async (...entries: Entry[]) => extract(await archiveOf(entries));

describe('extractArchive', () => {
  it('writes files and directories with the right to execute and no other', async () => {
    await extractEntries(
      { name: './', type: 'directory' },
      { name: './pack.yaml', content: 'ref: demo\n', mode: 0o666 },
      { name: 'actions/', type: 'directory' },
      { name: 'actions/run.sh', content: 'echo', mode: 0o6777 },
      { name: 'empty', content: '' },
      { name: 'naïve/名.txt', content: 'é' },
    );
    expect((await readdir(directory)).sort()).toEqual(['actions', 'empty', 'naïve', 'pack.yaml']);
    expect(await readFile(join(directory, 'naïve/名.txt'), 'utf8')).toBe('é');
    const modeOf = async (name: string) => (await stat(join(directory, name))).mode & 0o7777;
    expect([await modeOf('pack.yaml'), await modeOf('actions/run.sh')]).toEqual([0o644, 0o755]);
  });

  it.each<[string, Entry[], string]>([
    ['a path out of the pack', [{ name: '../evil' }], 'leads out of the pack'],
    ['a path out of the pack in the middle', [{ name: 'a/../../evil' }], 'leads out of the pack'],
    ['an absolute path', [{ name: '/etc/evil' }], 'is an absolute path'],
    ['a drive', [{ name: 'C:evil' }], 'is an absolute path'],
    ['a backslash', [{ name: 'a\\b' }], 'holds a backslash'],
    ['a control character', [{ name: 'a\nb' }], 'holds a control character'],
    ['a name that is no UTF-8', [{ name: 'a\uFFFDb' }], 'is not valid UTF-8'],
    ['a long name', [{ name: 'x'.repeat(256) }], 'is too long'],
    ['a long path', [{ name: `${'x'.repeat(200)}/`.repeat(6) + 'y' }], 'is too long'],
    ['a deep path', [{ name: `${'x/'.repeat(40)}y` }], 'nested deeper'],
    ['a symbolic link', [{ name: 'a', type: 'symlink', linkname: '/etc/passwd' }], "'a' is a link"],
    ['a hard link', [{ name: 'a', type: 'link', linkname: 'b' }], "'a' is a link"],
    ['a device', [{ name: 'a', type: 'character-device' }], 'neither a file nor a directory'],
    ['a pipe', [{ name: 'a', type: 'fifo' }], 'neither a file nor a directory'],
    [
      'a file twice',
      [
        { name: 'a', content: '1' },
        { name: './a', content: '2' },
      ],
      "'a' is there twice",
    ],
    ['a file that is a directory too', [{ name: 'a' }, { name: 'a/b' }], "'a' is there twice"],
    ['names that differ in capitals', [{ name: 'lib/a' }, { name: 'LIB/b' }], 'differ in capitals'],
    ['names that differ in the form of an accent', [{ name: 'é' }, { name: 'e\u0301' }], 'differ in capitals'],
    ['a file too large', [{ name: 'a', content: 'x'.repeat(50_001) }], "'a' is larger than 50000 bytes"],
    [
      'too much altogether',
      ['a', 'b', 'c'].map((name) => ({ name, content: 'x'.repeat(40_000) })),
      'larger than 100000 bytes together',
    ],
    ['too many entries', Array.from({ length: 21 }, (_, at) => ({ name: `f${at}` })), 'more than 20 files'],
  ])('refuses %s', async (_what, entries, message) => {
    await expect(extractEntries(...entries)).rejects.toMatchObject({
      code: 'pack.bad_request',
      message: expect.stringContaining(message) as string,
    });
  });

  it('stops a gzip bomb long before its end', async () => {
    const bomb = gzipSync(await tarOf([{ name: 'a', content: Buffer.alloc(40_000) }]));
    const zeros = gzipSync(Buffer.alloc(200_000_000));
    await expect(extract(zeros)).rejects.toThrow('unpacks to more than 100000 bytes');
    await expect(extract(bomb)).resolves.toBeUndefined();
  });

  it.each<[string, () => Promise<Uint8Array>]>([
    ['no gzip', () => Promise.resolve(Buffer.from('ref: demo\n'))],
    ['nothing', () => Promise.resolve(new Uint8Array())],
    ['no tar inside', () => Promise.resolve(gzipSync(Buffer.from('x'.repeat(2_000))))],
    ['half an archive', async () => (await archiveOfFiles({ a: 'x'.repeat(9_000) })).subarray(0, 60)],
    ['half a tar', async () => gzipSync((await tarOf([{ name: 'a', content: 'x'.repeat(9_000) }])).subarray(0, 5_000))],
  ])('refuses %s', async (_what, make) => {
    await expect(extract(await make())).rejects.toMatchObject({ code: 'pack.bad_request' });
  });

  it('tells that the disk failed as our own error', async () => {
    const archive = await archiveOfFiles({ 'a/b': '1', 'a/c': '2' });
    const occupied = join(directory, 'file');
    await writeFile(occupied, '');
    await expect(extractArchive(Readable.from([archive]), occupied, { limits })).rejects.toMatchObject({
      code: 'ENOTDIR',
    });
  });

  it('ends with the stream it reads', async () => {
    const broken = new Readable({ read: () => undefined });
    const outcome = extractArchive(broken, directory, { limits });
    broken.destroy(new Error('the client is gone'));
    await expect(outcome).rejects.toThrow('the client is gone');
  });
});

describe('findPackRoot', () => {
  it('finds the pack at the top or one directory down', async () => {
    await extractEntries({ name: 'demo-1.0/pack.yaml' }, { name: 'README.md' });
    expect(await findPackRoot(directory)).toBe(join(directory, 'demo-1.0'));
    await extractEntries({ name: 'pack.yaml' });
    expect(await findPackRoot(directory)).toBe(directory);
  });

  it.each<[string, Entry[], string]>([
    ['none', [{ name: 'a/b/pack.yaml' }], 'there is no pack.yaml'],
    ['two', [{ name: 'a/pack.yaml' }, { name: 'b/pack.yaml' }], 'it holds several packs: a, b'],
  ])('refuses %s', async (_what, entries, message) => {
    await extractEntries(...entries);
    await expect(findPackRoot(directory)).rejects.toThrow(message);
  });
});
