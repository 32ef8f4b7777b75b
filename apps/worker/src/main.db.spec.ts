import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { eventually, type ServiceProcess, startService } from '@attune/testing';
import { createWorkerFixture, type WorkerFixture } from './worker-fixture.js';

let fixture: WorkerFixture;
const started: ServiceProcess[] = [];

beforeAll(async () => {
  fixture = await createWorkerFixture();
  const file = `${fixture.directory}/count`;
  await fixture.action({ ref: 'demo.count', entrypoint: `echo x >> '${file}'; wc -l < '${file}'; sleep 60 & wait` });
  await fixture.action({ ref: 'demo.quick', entrypoint: 'echo quick' });
});
afterAll(async () => {
  await Promise.all(started.map((service) => service.kill()));
  await fixture.close();
});

async function startBuiltWorker(name: string): Promise<ServiceProcess & { readonly worker: number }> {
  const environment = { ...fixture.environment, ATTUNE__WORKER__NAME: name, ATTUNE__WORKER__SHUTDOWN_TIMEOUT: '1' };
  const service = await startService({ name: 'worker', environment });
  started.push(service);
  expect(service.facts).toMatchObject({ workerName: name });
  return { ...service, worker: service.facts['workerId'] as number };
}

const running = (id: number): Promise<void> =>
  eventually(async () => expect((await fixture.execution(id)).status).toBe('running'));

describe('the worker process', () => {
  it('ends with its actions when it is asked to, within its deadline', async () => {
    const service = await startBuiltWorker('p-stop');
    const [quick, hanging] = [
      ...(await fixture.dispatch(service.worker, 'demo.quick')),
      ...(await fixture.dispatch(service.worker, 'demo.count')),
    ];
    expect(await fixture.ended(quick!)).toMatchObject({ status: 'completed', result: { stdout: 'quick\n' } });
    await running(hanging!);
    expect(await service.stop()).toBe(0);
    expect(await fixture.execution(hanging!)).toMatchObject({ status: 'abandoned' });
    expect(await fixture.survivors()).toBe(0);
  });

  it('is followed by one that ends what it left, and begins nothing twice', async () => {
    const first = await startBuiltWorker('p-kill');
    const [id] = await fixture.dispatch(first.worker, 'demo.count');
    await running(id!);
    await eventually(async () => expect(await fixture.survivors()).toBeGreaterThan(1));
    await first.kill();
    expect(await fixture.survivors()).toBeGreaterThan(0);

    const second = await startBuiltWorker('p-kill');
    expect(second.worker).toBe(first.worker);
    expect(await fixture.execution(id!)).toMatchObject({ status: 'abandoned', result: { succeeded: false } });
    // Only the new worker itself carries the mark now.
    expect(await fixture.survivors()).toBe(1);
    expect(await second.stop()).toBe(0);
    expect(await fixture.survivors()).toBe(0);
  });

  it('does not outlive a parent that ended while it was starting', async () => {
    const environment = { ...process.env, ...fixture.environment, ATTUNE__WORKER__NAME: 'p-orphan' };
    const child = fork(join(import.meta.dirname, '../dist/main.js'), { env: environment, stdio: 'ignore' });
    const ended = once(child, 'exit');
    child.disconnect();
    const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
    expect(await ended).toEqual([0, null]);
    clearTimeout(timer);
  }, 30_000);
});
