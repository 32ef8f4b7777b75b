import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@attune/testing';
import { type ServiceProgram } from './service-process.js';
import { Supervisor } from './supervisor.js';

/** Notes what happens to it in the journal. MODE: `good`, `deaf` (ignores SIGTERM), `broken` (ends before it is ready). */
const PROGRAM = `
import { appendFileSync } from 'node:fs';
const { NAME: name, MODE: mode, JOURNAL: journal } = process.env;
const note = (what) => appendFileSync(journal, name + ' ' + what + '\\n');
if (mode === 'broken') {
  console.log(JSON.stringify({ level: 50, msg: 'no moon', err: { message: 'at all' } }));
  console.error('attune ' + name + ': the moon is not full');
  process.exit(1);
}
process.on('SIGTERM', () => {
  note('asked');
  if (mode === 'deaf') return;
  setTimeout(() => { note('ended'); process.exit(0); }, 50);
});
process.on('disconnect', () => { note('orphaned'); process.exit(0); });
setInterval(() => {}, 1000);
console.log(JSON.stringify({ level: 30, msg: 'quiet' }));
for (let n = 0; n < 3; n += 1)
  console.log(JSON.stringify({ level: 40, time: n, msg: 'beware', err: { message: 'of the dog' } }));
note('started ' + process.pid);
process.send({ type: 'ready', service: name, facts: { pid: process.pid } });
`;

describe('Supervisor', () => {
  let directory: string;
  let supervisor: Supervisor | null = null;
  const told: string[] = [];
  const ready: string[] = [];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'attune-supervisor-'));
    writeFileSync(join(directory, 'service.mjs'), PROGRAM);
    appendFileSync(join(directory, 'journal'), '');
    told.length = 0;
    ready.length = 0;
  });

  afterEach(async () => {
    supervisor?.kill();
    await supervisor?.stop(0);
    supervisor = null;
    await rm(directory, { recursive: true, force: true });
  });

  const program = (name: string, mode = 'good'): ServiceProgram => ({
    name,
    entry: join(directory, 'service.mjs'),
    environment: { PATH: process.env['PATH'], NAME: name, MODE: mode, JOURNAL: join(directory, 'journal') },
  });
  const supervise = (...groups: ServiceProgram[][]): Supervisor => {
    supervisor = new Supervisor({
      groups,
      logDirectory: join(directory, 'logs'),
      onReady: (name) => ready.push(name),
      tell: (line) => told.push(line),
      firstRestartMs: 10,
    });
    return supervisor;
  };
  const journal = (): string[] => readFileSync(join(directory, 'journal'), 'utf8').trimEnd().split('\n');
  const pids = (name: string): number[] =>
    journal().flatMap((line) => (line.startsWith(`${name} started`) ? [Number(line.split(' ')[2])] : []));

  it('starts the groups in order and stops them in reverse', async () => {
    const services = supervise([program('one')], [program('two'), program('three')]);
    await services.start();
    expect(ready[0]).toBe('one');
    expect(ready.slice(1).sort()).toEqual(['three', 'two']);
    await services.stop(5_000);
    const endings = journal().filter((line) => /asked|ended/.test(line));
    expect(endings.slice(0, 2).sort()).toEqual(['three asked', 'two asked']);
    expect(endings.slice(2, 4).sort()).toEqual(['three ended', 'two ended']);
    expect(endings.slice(4)).toEqual(['one asked', 'one ended']);
    expect(told.filter((line) => line.includes('ended'))).toEqual([]);
  });

  it('keeps everything in the log and shows warnings only, each once in a row', async () => {
    const services = supervise([program('one')]);
    await services.start();
    await eventually(() => expect(told).toContain('warning  one  beware: of the dog'));
    await services.stop(5_000);
    expect(told).toHaveLength(1);
    expect(readFileSync(join(directory, 'logs', 'one.log'), 'utf8')).toContain('quiet');
  });

  it('starts a service again when it dies, and says so', async () => {
    await supervise([program('one')], [program('two')]).start();
    process.kill(pids('two')[0]!, 'SIGKILL');
    await eventually(() => expect(told).toContain('two is running again'));
    process.kill(pids('two')[1]!, 'SIGKILL');
    await eventually(() => expect(pids('two')).toHaveLength(3));
    expect(told.filter((line) => line.includes('ended'))).toEqual([
      'two ended (signal SIGKILL); starting it again in 0.01 s',
      'two ended (signal SIGKILL); starting it again in 0.02 s',
    ]);
    expect(pids('one')).toHaveLength(1);
  });

  it('kills at the deadline what does not listen', async () => {
    const services = supervise([program('one')], [program('two', 'deaf')]);
    await services.start();
    await services.stop(100);
    expect(journal()).toEqual(expect.arrayContaining(['two asked', 'one ended']));
    expect(isAlive(pids('two')[0]!)).toBe(false);
  });

  it('ends everything at once when forced during a stop', async () => {
    const services = supervise([program('one', 'deaf')]);
    await services.start();
    const stopping = services.stop(60_000);
    await eventually(() => expect(journal()).toContain('one asked'));
    services.kill();
    await stopping;
    expect(isAlive(pids('one')[0]!)).toBe(false);
  });

  it('tells in the words of the service why it did not start', async () => {
    const services = supervise([program('one')], [program('two', 'broken')]);
    await expect(services.start()).rejects.toThrow(/^two did not start: the moon is not full$/);
    expect(told.filter((line) => line.includes('two'))).toEqual([]); // said once, by the error
    await services.stop(5_000);
    expect(journal()).toContain('one ended');
  });

  it('starts nothing after a stop', async () => {
    const services = supervise([program('one')], [program('two')]);
    const starting = services.start();
    await services.stop(5_000);
    await starting;
    expect(pids('two')).toEqual([]);
    expect(told).toEqual([]);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
