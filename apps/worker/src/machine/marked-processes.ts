import { readFile, readdir } from 'node:fs/promises';
import { signalGroup, waitForEmptyGroup } from '../process/process-group.js';

const GRACE_MS = 5_000;

/**
 * Ends the process groups of all processes that have every marker (`NAME=value`) in their environment: TERM, then KILL
 * after `graceMs`.
 */
export async function killMarkedProcesses(markers: readonly string[], graceMs = GRACE_MS): Promise<void> {
  const groups = new Set((await findMarkedProcesses(markers)).map(({ groupId }) => groupId));
  const deadline = performance.now() + graceMs;
  await Promise.all(
    [...groups].map(async (groupId) => {
      signalGroup(groupId, 'SIGTERM');
      if (!(await waitForEmptyGroup(groupId, deadline))) signalGroup(groupId, 'SIGKILL');
    }),
  );
}

export interface MarkedProcess {
  readonly pid: number;
  readonly groupId: number;
}

/** Our processes only, as far as the system lets us look; none where there is no /proc. Zombies are not listed. */
export async function findMarkedProcesses(markers: readonly string[]): Promise<MarkedProcess[]> {
  const names = await readdir('/proc').catch(() => []);
  const found = await Promise.all(names.filter((name) => /^\d+$/.test(name)).map((name) => inspect(name, markers)));
  return found.filter((each) => each !== null);
}

async function inspect(pid: string, markers: readonly string[]): Promise<MarkedProcess | null> {
  try {
    const environment = (await readFile(`/proc/${pid}/environ`, 'utf8')).split('\0');
    if (!markers.every((marker) => environment.includes(marker))) return null;
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // "pid (name) state parent group …", and the name may hold anything.
    const [, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { pid: Number(pid), groupId: Number(group) };
  } catch {
    return null; // gone meanwhile, or somebody else's
  }
}
