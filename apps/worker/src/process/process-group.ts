import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 25;

/** Sends a signal to every process of a group; false = nobody is left in it. */
export function signalGroup(groupId: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-groupId, signal);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ESRCH') return false;
    // EPERM: the group changed its user (sudo). It is alive, and there is nothing this process may do about it.
    if (code === 'EPERM') return true;
    throw error;
  }
}

/** Waits until a group is empty, at most until `deadline` (performance.now()); false = somebody is still there. */
export async function waitForEmptyGroup(groupId: number, deadline: number): Promise<boolean> {
  while (signalGroup(groupId, 0)) {
    if (performance.now() >= deadline) return false;
    await delay(POLL_MS);
  }
  return true;
}

/**
 * Whether a process has ended and only its end has not been told yet: a signal would find nobody who minds it. Where there is no /proc
 * this is known of those only whose end somebody has taken note of.
 */
export function hasEnded(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // "pid (name) state …", and the name may hold anything; field 20 is the number of threads.
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // One whose first thread has left while others go on looks dead too.
    return state === 'Z' && Number(fields[16]) <= 1;
  } catch {
    return !isKnown(pid);
  }
}

function isKnown(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
