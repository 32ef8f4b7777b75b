import { randomUUID } from 'node:crypto';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually, type ServiceProcess, startService } from '@attune/testing';
import { createWorkerFixture, FUNCTION, type WorkerFixture } from '../worker-fixture.js';

let fixture: WorkerFixture;
const started: ServiceProcess[] = [];

beforeAll(async () => {
  fixture = await createWorkerFixture();
  await fixture.file('actions/twice.mjs', 'export default ({ n }) => ({ n: n * 2, pid: process.pid });');
  const begin = `writeFileSync(up, ''); console.log('begun');`;
  await fixture.file(
    'actions/hang.mjs',
    `import { spawn } from 'node:child_process';
     import { writeFileSync } from 'node:fs';
     export default ({ up }) => { spawn('sleep', ['600'], { stdio: 'inherit' }); ${begin} return new Promise(() => {}); };`,
  );
  await fixture.file(
    'actions/stuck.mjs',
    `import { writeFileSync } from 'node:fs';
     export default ({ up }) => { ${begin} for (;;); };`,
  );
  for (const name of ['twice', 'hang', 'stuck']) {
    await fixture.action({ ref: `demo.${name}`, entrypoint: `${name}.mjs`, output_format: 'json', ...FUNCTION });
  }
});
afterEach(async () => {
  await fixture.stopWorkers();
  await Promise.all(started.splice(0).map((service) => service.kill()));
  expect(await fixture.survivors()).toBe(0);
});
afterAll(() => fixture.close());

/** Starts an execution and waits until its function is in the midst of it. */
async function begin(worker: number, action: string): Promise<number> {
  const up = join(fixture.directory, randomUUID());
  const [id] = await fixture.dispatch(worker, action, [{ config: { up } }]);
  await eventually(() => access(up));
  return id!;
}

async function startBuiltWorker(name: string): Promise<ServiceProcess & { readonly worker: number }> {
  const environment = { ...fixture.environment, ATTUNE__WORKER__NAME: name, ATTUNE__WORKER__SHUTDOWN_TIMEOUT: '1' };
  const service = await startService({ name: 'worker', environment });
  started.push(service);
  return { ...service, worker: service.facts['workerId'] as number };
}

describe('functions of a worker', () => {
  it('are called with their parameters and leave their results', async () => {
    const { id: worker } = (await fixture.startWorker('f-run')).registration;
    const ids = await fixture.dispatch(
      worker,
      'demo.twice',
      Array.from({ length: 50 }, (_, n) => ({ config: { n } })),
    );
    const ends = await Promise.all(ids.map((id) => fixture.ended(id)));
    for (const [n, { status, result }] of ends.entries()) {
      expect({ status, result }).toMatchObject({
        status: 'completed',
        result: { exit_code: 0, succeeded: true, data: { n: n * 2 } },
      });
    }
  });

  it('hide their secrets', async () => {
    await fixture.action({
      ref: 'demo.secret',
      entrypoint: 'twice.mjs',
      output_format: 'json',
      out_schema: { n: { type: 'integer', secret: true } },
      ...FUNCTION,
    });
    const { id: worker } = (await fixture.startWorker('f-secret')).registration;
    const [id] = await fixture.dispatch(worker, 'demo.secret', [{ config: { n: 21 } }]);
    expect((await fixture.ended(id!)).result).toMatchObject({ data: { n: { redacted: true } } });
  });

  it.each(['demo.hang', 'demo.stuck'])('are cancelled on request: %s', async (action) => {
    const { id: worker } = (await fixture.startWorker(`f-cancel-${action}`)).registration;
    const id = await begin(worker, action);
    await fixture.setStatus(id, 'canceling');
    expect(await fixture.ended(id)).toMatchObject({
      status: 'cancelled',
      result: { succeeded: false, cancelled: true, exit_code: 143, error: 'Execution cancelled by user' },
    });
    expect(await fixture.survivors()).toBe(0);
  });

  it('are abandoned when the worker has to stop', async () => {
    const { id: worker } = (await fixture.startWorker('f-stop', { shutdownTimeoutSeconds: 0.2 })).registration;
    const id = await begin(worker, 'demo.hang');
    await fixture.stopWorkers();
    expect(await fixture.execution(id)).toMatchObject({ status: 'abandoned', result: { exit_code: 143 } });
  });
});

describe('the hosts of a worker process', () => {
  it('end with it', async () => {
    const service = await startBuiltWorker('f-end');
    const [id] = await fixture.dispatch(service.worker, 'demo.twice', [{ config: { n: 1 } }]);
    await fixture.ended(id!);
    expect(await fixture.survivors()).toBe(2);
    expect(await service.stop()).toBe(0);
    expect(await fixture.survivors()).toBe(0);
  });

  it('end at once when it is killed, with all they have started', async () => {
    const service = await startBuiltWorker('f-kill');
    await begin(service.worker, 'demo.hang');
    // The worker, its host and the program the function has started.
    expect(await fixture.survivors()).toBe(3);
    await service.kill();
    await eventually(async () => expect(await fixture.survivors()).toBe(0));
  });

  it('that cannot notice are ended by the next worker', async () => {
    const service = await startBuiltWorker('f-stuck');
    const stuck = await begin(service.worker, 'demo.stuck');
    expect(await fixture.survivors()).toBe(2);
    await service.kill();
    expect(await fixture.survivors()).toBe(1);
    await startBuiltWorker('f-stuck');
    expect(await fixture.execution(stuck)).toMatchObject({ status: 'abandoned' });
    expect(await fixture.survivors()).toBe(1);
  });
});
