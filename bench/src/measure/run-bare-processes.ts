import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);

export interface BareLoad {
  readonly file: string;
  readonly concurrency: number;
  readonly seconds: number;
  readonly stdio: 'ignore' | 'pipe';
}

export interface BareRun {
  readonly processesPerSecond: number;
  /** CPU time (µs) for each process: of the parent, and of the process itself. */
  readonly parentCpu: number;
  readonly childCpu: number;
}

/** How many processes a second a Node parent that does nothing else starts and reaps on this machine. */
export async function runBareProcesses({ file, concurrency, seconds, stdio }: BareLoad): Promise<BareRun> {
  const program = fileURLToPath(new URL('./bare-process.js', import.meta.url));
  const { stdout } = await execute(process.execPath, [program, file, String(concurrency), String(seconds), stdio]);
  return JSON.parse(stdout) as BareRun;
}
