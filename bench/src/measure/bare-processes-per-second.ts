import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface BareLoad {
  readonly file: string;
  readonly concurrency: number;
  readonly seconds: number;
  readonly stdio: 'ignore' | 'pipe';
}

/** How many processes a second a Node parent that does nothing else starts and reaps on this machine. */
export async function bareProcessesPerSecond({ file, concurrency, seconds, stdio }: BareLoad): Promise<number> {
  const program = fileURLToPath(new URL('./bare-process.js', import.meta.url));
  const { stdout } = await run(process.execPath, [program, file, String(concurrency), String(seconds), stdio]);
  return Number(stdout);
}
