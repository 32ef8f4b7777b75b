import { setTimeout as delay } from 'node:timers/promises';
import { assertNever } from '@attune/engine';
import { type ChaosProduct } from '../product/chaos-product.js';
import { type Fault } from './fault.js';

/** Does each fault at its time. Resolves when the last one is over and every service is told to run again. */
export async function injectFaults(faults: readonly Fault[], product: ChaosProduct): Promise<void> {
  const started = performance.now();
  await Promise.all(
    faults.map(async (fault) => {
      await delay(fault.atMs - (performance.now() - started));
      await inject(fault, product);
    }),
  );
}

async function inject(fault: Fault, product: ChaosProduct): Promise<void> {
  switch (fault.kind) {
    case 'kill':
      return product.service(fault.service).kill(fault.pauseMs);
    case 'restart':
      return product.service(fault.service).restart(fault.pauseMs);
    case 'freeze':
      return product.service(fault.service).freeze(fault.forMs);
    case 'crash database':
      return product.installation.crashDatabase(fault.pauseMs);
    case 'cut connections':
      return cutConnections(product, fault.share, fault.salt);
    case 'crash broker':
      return product.broker?.crash?.(fault.pauseMs);
    default:
      return assertNever(fault);
  }
}

function cutConnections({ installation }: ChaosProduct, share: number, salt: number): Promise<void> {
  const cut = installation.rows(
    `select pg_terminate_backend(a.pid)
     from pg_stat_activity as a
     where a.application_name like 'attune-%' and abs(hashint4(a.pid # $1::int)::float8) / 2147483648 < $2::float8`,
    [salt, share],
  );
  return cut.then(
    () => undefined,
    () => undefined, // the database is away: there is nothing to cut
  );
}
