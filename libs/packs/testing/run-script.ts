import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';

/** What a script that ended has left. */
export interface ScriptOutcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const packs = join(import.meta.dirname, '../../../packs');

/** Runs a script of a shipped pack as a worker does: in the directory of its pack, parameters on standard input. */
export async function runScript(interpreter: string, script: string, input: string): Promise<ScriptOutcome> {
  const file = join(packs, script);
  const child = spawn(interpreter, [file], { cwd: dirname(dirname(file)), stdio: 'pipe' });
  // A script that ends without reading closes the pipe early, which is its good right.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const ended = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { exitCode, stdout, stderr };
}

/** Parameters in the text form `dotenv`: one name='value' in a line. */
export const dotenv = (parameters: Readonly<Record<string, string | number>>): string =>
  Object.entries(parameters)
    .map(([name, value]) => `${name}='${String(value).replaceAll("'", "'\\''")}'\n`)
    .join('');
