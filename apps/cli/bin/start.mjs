// What `npm start` runs: builds what changed, showing the build only when it fails, then becomes `attune up`.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../..');
const nx = createRequire(import.meta.url).resolve('nx/bin/nx.js');
const args = [
  nx,
  'run-many',
  '-t',
  'build',
  '-p',
  'api',
  'executor',
  'worker',
  'cli',
  '--output-style=static-failures-only',
];

console.log('Building ...');
const build = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
let output = '';
for (const stream of [build.stdout, build.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
const [code, signal] = await new Promise((resolve) => build.once('close', (...how) => resolve(how)));
if (code === 0) {
  process.argv.splice(2, Infinity, 'up', ...process.argv.slice(2));
  await import('../dist/main.js');
} else {
  if (signal === null) process.stderr.write(output);
  process.exitCode = 1;
}
