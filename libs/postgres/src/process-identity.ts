import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { errorCode } from './error-code.js';

/** A process that can be recognised later although process ids are reused. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque: when the process started, as this operating system tells it. */
  readonly startedAt: string;
}

/** The identity of a living process; null when there is none with this id. */
export function describeProcess(pid: number): ProcessIdentity | null {
  if (!isAlive(pid)) return null;
  const startedAt = startTime(pid);
  return startedAt === null ? null : { pid, startedAt };
}

/** Whether the process described earlier still lives (and is not a later one with the same id). */
export function isSameProcess(identity: ProcessIdentity): boolean {
  return describeProcess(identity.pid)?.startedAt === identity.startedAt;
}

/** Whether any process has this id, zombies included. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives but belongs to somebody else.
    return errorCode(error) === 'EPERM';
  }
}

/** The command line of a process, '' when it cannot be read. */
export function commandLineOf(pid: number): string {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return '';
  }
}

function startTime(pid: number): string | null {
  try {
    if (process.platform === 'linux') {
      // Field 22 of /proc/PID/stat; field 2 is the name in parentheses and may hold spaces.
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' ? null : (fields[19] ?? null);
    }
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', stdio: 'pipe' }).trim() || null;
  } catch {
    return null;
  }
}
