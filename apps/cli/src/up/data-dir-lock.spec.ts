import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeProcess } from '@attune/postgres';
import { findLockHolder, takeDataDirLock } from './data-dir-lock.js';

const url = 'http://127.0.0.1:8080';

describe('takeDataDirLock', () => {
  let dataDir: string;
  const children: ChildProcess[] = [];

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'attune-lock-'));
  });

  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await rm(dataDir, { recursive: true, force: true });
  });

  /** A process that holds the lock as another `attune up` would. */
  const otherHolder = async (): Promise<ChildProcess> => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    children.push(child);
    await once(child, 'spawn');
    writeFileSync(join(dataDir, 'up.lock'), JSON.stringify({ ...describeProcess(child.pid!), url }));
    return child;
  };

  it('is free again after the release', () => {
    const directory = join(dataDir, 'not', 'there', 'yet');
    const first = takeDataDirLock(directory, url);
    expect(findLockHolder(directory)).toMatchObject({ pid: process.pid, url });
    first.release();
    first.release();
    expect(findLockHolder(directory)).toBeNull();
    takeDataDirLock(directory, url).release();
    expect(readdirSync(directory)).toEqual([]);
  });

  it('names the living holder', async () => {
    const holder = await otherHolder();
    expect(() => takeDataDirLock(dataDir, 'http://mine')).toThrow(
      `already running on ${dataDir} (pid ${String(holder.pid)}, ${url})`,
    );
    expect(findLockHolder(dataDir)).toMatchObject({ pid: holder.pid });
    expect(readdirSync(dataDir)).toEqual(['up.lock']);
  });

  it('takes over from a holder that was killed', async () => {
    const holder = await otherHolder();
    const exited = once(holder, 'exit');
    holder.kill('SIGKILL');
    await exited;
    const lock = takeDataDirLock(dataDir, url);
    expect(findLockHolder(dataDir)?.pid).toBe(process.pid);
    lock.release();
  });

  it.each([
    ['its process id went to another process', JSON.stringify({ pid: process.ppid, startedAt: 'long ago', url })],
    ['its file was cut short', '{"pid":'],
  ])('takes over when %s', (_, content) => {
    writeFileSync(join(dataDir, 'up.lock'), content);
    const lock = takeDataDirLock(dataDir, url);
    expect(readFileSync(join(dataDir, 'up.lock'), 'utf8')).toContain(`"pid":${process.pid}`);
    lock.release();
  });

  it('says in one line that the directory cannot be used', () => {
    writeFileSync(join(dataDir, 'file'), '');
    expect(() => takeDataDirLock(join(dataDir, 'file'), url)).toThrow(/^cannot write to data directory [^\n]+$/);
  });
});
