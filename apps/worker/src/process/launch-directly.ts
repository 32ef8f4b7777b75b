import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, rmSync } from 'node:fs';
import { type LaunchedProcess, type LaunchRequest, type ProcessExit } from './launch-request.js';

/**
 * Starts a process as a child of this one, which takes the longer the more memory this one has.
 *
 * @throws Error when it cannot be started
 */
export async function launchDirectly(request: LaunchRequest): Promise<LaunchedProcess> {
  const child = spawnWithFiles(request);
  const exited = exitOf(child);
  if (child.pid !== undefined) return { pid: child.pid, exited };
  throw await exited.then(
    () => new Error('the process has no id'),
    (error: unknown) => error,
  );
}

function spawnWithFiles({ command, args, cwd, env, stdin, stdout, stderr }: LaunchRequest): ChildProcess {
  const opened: number[] = [];
  const open = (name: string, flags: 'r' | 'w'): number => {
    const fd = openSync(name, flags);
    opened.push(fd);
    return fd;
  };
  try {
    const stdio = [stdin === null ? ('ignore' as const) : open(stdin, 'r'), open(stdout, 'w'), open(stderr, 'w')];
    return spawn(command, args, { cwd, env, detached: true, stdio });
  } finally {
    for (const fd of opened) closeSync(fd);
    for (const name of [stdin, stdout, stderr]) if (name !== null) rmSync(name, { force: true });
  }
}

function exitOf(child: ChildProcess): Promise<ProcessExit> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
}
