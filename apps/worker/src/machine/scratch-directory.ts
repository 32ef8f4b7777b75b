import { StartupError } from '@attune/common';
import { chmod, mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { isDirectory } from '../process/locate-action.js';
import { killMarkedProcesses } from './marked-processes.js';

/** Every action carries this variable with the scratch directory of its worker, so that a successor can find what was left running. */
export const SCRATCH_VARIABLE = 'ATTUNE_WORKER_SCRATCH';

/** Directories in use by this very process. */
const opened = new Set<string>();

/**
 * Makes a directory that only this process uses, in memory where the machine has a place for that: sources and parameters of actions
 * pass through it. What workers left behind that were killed (their files, and processes still running) is removed first.
 */
export async function openScratchDirectory(root?: string): Promise<string> {
  const user = process.getuid?.() ?? 0;
  const base = join(root ?? ((await isDirectory('/dev/shm')) ? '/dev/shm' : tmpdir()), `attune-worker-${user}`);
  await mkdir(base, { recursive: true, mode: 0o700 });
  // Where everybody may write, somebody else may have been faster.
  if ((await stat(base)).uid !== user) throw new StartupError(`${base} belongs to another user`);
  await chmod(base, 0o700);
  for (const name of await readdir(base)) await removeIfDead(join(base, name));
  const directory = await mkdtemp(join(base, `${process.pid}-`));
  opened.add(directory);
  return directory;
}

export async function removeScratchDirectory(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  opened.delete(directory);
}

async function removeIfDead(directory: string): Promise<void> {
  const owner = Number.parseInt(basename(directory), 10);
  if (opened.has(directory)) return;
  // Our own id on a directory we did not make: it was a process of an earlier life of this container.
  if (owner !== process.pid && isAlive(owner)) return;
  await killMarkedProcesses([`${SCRATCH_VARIABLE}=${directory}`]);
  await removeScratchDirectory(directory);
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
