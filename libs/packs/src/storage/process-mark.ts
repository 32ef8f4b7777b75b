import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** Names one run of one process, so that others can tell whether it is still there. */
export interface ProcessMark {
  readonly host: string;
  readonly pid: number;
  /** When it started, in the kernel's own count; 0 where that cannot be asked. A number alone is soon used again. */
  readonly start: number;
}

export const ownMark = (): ProcessMark => ({
  host: hostname()
    .replace(/[^A-Za-z0-9-]/g, '_')
    .slice(0, 64),
  pid: process.pid,
  start: startOf(process.pid) ?? 0,
});

export const markText = ({ host, pid, start }: ProcessMark): string => `${host}.${pid}.${start}`;

/** The mark a text begins with; null: none. */
export function readMark(text: string): ProcessMark | null {
  const [, host, pid, start] = /^([A-Za-z0-9_-]+)\.(\d+)\.(\d+)(?:\.|$)/.exec(text) ?? [];
  return host === undefined ? null : { host, pid: Number(pid), start: Number(start) };
}

/** `unknown`: it ran on another machine. */
export function stateOf(mark: ProcessMark): 'running' | 'ended' | 'unknown' {
  if (mark.host !== ownMark().host) return 'unknown';
  const start = startOf(mark.pid);
  if (start === null) return 'ended';
  return start === mark.start || start === 0 ? 'running' : 'ended';
}

/** null: there is no such process. */
function startOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // "pid (name) state …", and the name may hold anything; the start is field 22.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
  } catch {
    return isKnown(pid) ? 0 : null;
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
