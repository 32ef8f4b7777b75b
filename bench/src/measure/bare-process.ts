import { spawn } from 'node:child_process';
import { readProcessTable } from '../cpu/process-table.js';
import { type BareRun } from './run-bare-processes.js';

// A bare Node parent: `node bare-process.js FILE CONCURRENCY SECONDS STDIO` spawns and reaps FILE all the time and prints what
// came of it. STDIO is `ignore`, or `pipe` to read what the child writes, as whoever wants a result must.

const [, , file = '', concurrency = '1', seconds = '1', stdio = 'ignore'] = process.argv;

const started = performance.now();
const until = started + Number(seconds) * 1000;
let reaped = 0;

function runOnce(): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, [], { stdio: stdio === 'pipe' ? ['ignore', 'pipe', 'pipe'] : 'ignore' });
    child.stdout?.resume();
    child.stderr?.resume();
    child.once('error', reject).once('close', () => {
      reaped += 1;
      resolve();
    });
  });
}

await Promise.all(
  Array.from({ length: Number(concurrency) }, async () => {
    while (performance.now() < until) await runOnce();
  }),
);
const elapsedMs = performance.now() - started;
const self = (await readProcessTable()).find(({ pid }) => pid === process.pid);
const run: BareRun = {
  processesPerSecond: (reaped * 1000) / elapsedMs,
  parentCpu: (self?.own ?? NaN) / reaped,
  childCpu: (self?.reaped ?? NaN) / reaped,
};
process.stdout.write(JSON.stringify(run));
