import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { openScratchDirectory, removeScratchDirectory, SCRATCH_VARIABLE } from './scratch-directory.js';

let root: string;
beforeEach(async () => (root = await mkdtemp(join(tmpdir(), 'attune-scratch-'))));
afterEach(() => rm(root, { recursive: true, force: true }));

describe('openScratchDirectory', () => {
  it('makes a private directory, another one each time', async () => {
    const [one, two] = [await openScratchDirectory(root), await openScratchDirectory(root)];
    expect(one).not.toBe(two);
    for (const directory of [one, two]) expect((await stat(directory)).mode & 0o777).toBe(0o700);
    await removeScratchDirectory(one);
    expect(await readdir(dirname(two))).toEqual([basename(two)]);
    await removeScratchDirectory(two);
  });

  it('removes what a dead process left, with the processes that belong to it, and leaves the living alone', async () => {
    const own = await openScratchDirectory(root);
    const base = dirname(own);
    const dead = join(base, '999999999-abc');
    const alive = join(base, `${process.ppid}-abc`);
    for (const directory of [dead, alive]) await mkdir(directory);
    await writeFile(join(dead, 'parameters'), 'secret');
    const orphan = spawn('sleep', ['60'], { detached: true, env: { ...process.env, [SCRATCH_VARIABLE]: dead } });
    const other = spawn('sleep', ['60'], { detached: true, env: { ...process.env, [SCRATCH_VARIABLE]: alive } });
    const orphanEnd = once(orphan, 'exit');
    const otherEnd = once(other, 'exit');
    await Promise.all([once(orphan, 'spawn'), once(other, 'spawn')]);

    const next = await openScratchDirectory(root);
    expect(await orphanEnd).toEqual([null, 'SIGTERM']);
    expect(other.exitCode ?? other.signalCode).toBeNull();
    expect((await readdir(base)).toSorted()).toEqual([basename(own), basename(alive), basename(next)].toSorted());
    other.kill('SIGKILL');
    await otherEnd;
    await Promise.all([own, next].map(removeScratchDirectory));
  });
});
