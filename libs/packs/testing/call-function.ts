import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type ScriptOutcome } from './run-script.js';

const packs = join(import.meta.dirname, '../../../packs');

const NODE = `
  import { text } from 'node:stream/consumers';
  const action = (await import(process.argv[1])).default;
  const context = { executionId: 1, signal: new AbortController().signal };
  const value = await action(JSON.parse(await text(process.stdin)), context);
  if (value !== undefined) process.stdout.write(typeof value === 'string' ? value : JSON.stringify(value));`;

const PYTHON = `
import json, runpy, sys, types
action = runpy.run_path(sys.argv[1])["run"]
print(json.dumps(action(json.load(sys.stdin), types.SimpleNamespace(execution_id=1))))`;

/** Calls a function action of a shipped pack in a process of its own; what it returns is printed after what it prints. */
export async function callFunction(script: string, parameters: object): Promise<ScriptOutcome> {
  const file = join(packs, script);
  const cwd = dirname(dirname(file));
  const child = file.endsWith('.py')
    ? spawn('python3', ['-B', '-c', PYTHON, file], { cwd, stdio: 'pipe' })
    : spawn(process.execPath, ['--input-type=module', '--eval', NODE, file], { cwd, stdio: 'pipe' });
  child.stdin.on('error', () => undefined);
  child.stdin.end(JSON.stringify(parameters));
  const ended = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { exitCode, stdout, stderr };
}
