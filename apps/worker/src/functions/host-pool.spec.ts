import { pino } from 'pino';
import { StartError } from '../process/start-error.js';
import { HostPool, type HostPlace, type PooledHost } from './host-pool.js';

/** A host without a process. */
class FakeHost implements PooledHost {
  isUsable = true;
  isRetired = false;
  readonly gone: Promise<unknown>;
  private die: () => void = () => undefined;

  constructor(readonly version: string) {
    this.gone = new Promise<void>((resolve) => (this.die = resolve));
  }

  async crash(): Promise<void> {
    this.isUsable = false;
    this.die();
    await this.gone;
  }

  retire(): Promise<void> {
    this.isRetired = true;
    return this.crash();
  }
}

const never = new AbortController().signal;
const pools: HostPool<FakeHost>[] = [];
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.stop()));
});

interface Given {
  readonly pool: HostPool<FakeHost>;
  readonly hosts: FakeHost[];
  place(key?: string, version?: string): HostPlace<FakeHost>;
}

function given({ limit = 10, idleMs = 60_000, starts = (): Promise<void> => Promise.resolve() } = {}): Given {
  const pool = new HostPool<FakeHost>({ limit, idleMs, processors: 2 }, pino({ level: 'silent' }));
  pools.push(pool);
  const hosts: FakeHost[] = [];
  return {
    pool,
    hosts,
    place: (key = 'a', version = '1') => ({
      key,
      version,
      start: async () => {
        await starts();
        const host = new FakeHost(version);
        hosts.push(host);
        return host;
      },
    }),
  };
}

async function acquire({ pool }: Given, place: HostPlace<FakeHost>): Promise<FakeHost> {
  const host = await pool.acquire(place, never);
  if (host === null) throw new Error('nobody stopped it');
  return host;
}

it('gives the host that was used last', async () => {
  const all = given();
  const place = all.place();
  const [one, two] = [await acquire(all, place), await acquire(all, place)];
  expect(one).not.toBe(two);
  all.pool.release(place, one, 1);
  all.pool.release(place, two, 1);
  expect(await acquire(all, place)).toBe(two);
  expect(all.hosts).toHaveLength(2);
});

it('lets callers wait for a host that will soon be free', async () => {
  const all = given();
  const place = all.place();
  const host = await acquire(all, place);
  const waiting = acquire(all, place);
  all.pool.release(place, host, 1);
  expect(await waiting).toBe(host);
  expect(all.hosts).toHaveLength(1);
});

it('starts more hosts while calls do not end, up to as many as callers', async () => {
  const all = given();
  const place = all.place();
  const taken = await Promise.all(Array.from({ length: 6 }, () => acquire(all, place)));
  expect(new Set(taken).size).toBe(6);
  expect(all.pool.size).toBe(6);
});

it('ends the host that was idle longest when there are too many', async () => {
  const all = given({ limit: 2 });
  const [a, b, c] = [all.place('a'), all.place('b'), all.place('c')];
  const inA = await acquire(all, a);
  const inB = await acquire(all, b);
  all.pool.release(a, inA, 1);
  all.pool.release(b, inB, 1);
  await acquire(all, c);
  expect([inA.isUsable, inB.isUsable]).toEqual([false, true]);
  expect(all.pool.size).toBe(2);
});

it('waits for room when every host is busy', async () => {
  const all = given({ limit: 1 });
  const [a, b] = [all.place('a'), all.place('b')];
  const inA = await acquire(all, a);
  const waiting = acquire(all, b);
  all.pool.release(a, inA, 1);
  await waiting;
  expect(inA.isUsable).toBe(false);
});

it('lets every pack have its turn, however many callers another one has', async () => {
  const all = given({ limit: 1 });
  const turns: string[] = [];
  const call = async (key: string, calls: number): Promise<void> => {
    for (let left = calls; left > 0; left -= 1) {
      const host = await acquire(all, all.place(key));
      turns.push(key);
      await new Promise(setImmediate);
      all.pool.release(all.place(key), host, 1);
    }
  };
  // Two callers each, so that somebody of the pack waits whenever a host of it is released.
  await Promise.all(['a', 'b', 'c'].flatMap((key) => [call(key, 20), call(key, 20)]));
  for (const key of ['a', 'b', 'c']) expect(turns.indexOf(key)).toBeLessThan(5);
  expect(all.pool.size).toBe(1);
});

it('lets a pack have its turn after a host of another one that did not last', async () => {
  const all = given({ limit: 1 });
  const [a, b] = [all.place('a'), all.place('b')];
  const inA = await acquire(all, a);
  const again = acquire(all, a);
  const inB = acquire(all, b);
  inA.isUsable = false;
  all.pool.release(a, inA, 1);
  expect(await inB).toBe(all.hosts[1]);
  expect(inA.isRetired).toBe(true);
  all.pool.release(b, await inB, 1);
  expect(await again).toBe(all.hosts[2]);
});

it('lets a pack have its turn although hosts of another one are tried again and again', async () => {
  const all = given({ limit: 1 });
  const broken = {
    ...all.place('broken'),
    start: async () => {
      await new Promise(setImmediate);
      throw new StartError('no interpreter');
    },
  };
  let failures = 0;
  const tryOften = async (): Promise<void> => {
    for (let left = 20; left > 0; left -= 1) await acquire(all, broken).catch(() => (failures += 1));
  };
  const trying = Promise.all([tryOften(), tryOften()]);
  const host = await acquire(all, all.place('fine'));
  expect(failures).toBeLessThan(5);
  all.pool.release(all.place('fine'), host, 1);
  await trying;
});

it('keeps a host for callers of its own pack when the other pack has one or will soon', async () => {
  const all = given({ limit: 2 });
  const [a, b] = [all.place('a'), all.place('b')];
  const inA = await acquire(all, a);
  const again = acquire(all, a);
  const inB = acquire(all, b);
  all.pool.release(a, inA, 1);
  expect(await again).toBe(inA);
  await inB;
  expect(all.hosts).toHaveLength(2);
});

it('uses no host of other files, not even one that is busy with them', async () => {
  const all = given();
  const [before, after] = [all.place('a', '1'), all.place('a', '2')];
  const [idle, busy] = [await acquire(all, before), await acquire(all, before)];
  all.pool.release(before, idle, 1);
  const fresh = await acquire(all, after);
  expect(fresh.version).toBe('2');
  expect([idle.isUsable, busy.isUsable]).toEqual([false, true]);
  all.pool.release(before, busy, 1);
  expect(busy.isUsable).toBe(false);
});

it('forgets hosts that ended by themselves', async () => {
  const all = given();
  const place = all.place();
  const host = await acquire(all, place);
  all.pool.release(place, host, 1);
  await host.crash();
  expect(await acquire(all, place)).not.toBe(host);
});

it('ends an idle host that turns out to be of no use', async () => {
  const all = given();
  const place = all.place();
  const host = await acquire(all, place);
  all.pool.release(place, host, 1);
  host.isUsable = false;
  expect(await acquire(all, place)).not.toBe(host);
  expect(host.isRetired).toBe(true);
});

it('ends hosts nobody called for a while', async () => {
  const all = given({ idleMs: 20 });
  const place = all.place();
  const host = await acquire(all, place);
  all.pool.release(place, host, 1);
  await host.gone;
  expect(all.pool.size).toBe(0);
});

it('lets a caller go that is stopped', async () => {
  const all = given();
  const place = all.place();
  const host = await acquire(all, place);
  const stop = new AbortController();
  const waiting = all.pool.acquire(place, stop.signal);
  stop.abort();
  expect(await waiting).toBeNull();
  expect(await all.pool.acquire(place, stop.signal)).toBeNull();
  all.pool.release(place, host, 1);
  expect(await acquire(all, place)).toBe(host);
});

it('tells a caller for whom no host can be started, and tries again for the next', async () => {
  let tries = 0;
  const all = given({
    starts: () => ((tries += 1) === 1 ? Promise.reject(new StartError('no interpreter')) : Promise.resolve()),
  });
  const place = all.place();
  const [first, second] = await Promise.allSettled([acquire(all, place), acquire(all, place)]);
  expect(first).toMatchObject({ status: 'rejected', reason: { message: 'no interpreter' } });
  expect(second.status).toBe('fulfilled');
});

it('ends every host when it is stopped, also one that is just starting', async () => {
  let start = (): void => undefined;
  const all = given({ starts: () => new Promise<void>((resolve) => (start = resolve)) });
  const stop = new AbortController();
  const waiting = all.pool.acquire(all.place(), stop.signal);
  stop.abort();
  expect(await waiting).toBeNull();
  const stopped = all.pool.stop();
  start();
  await stopped;
  expect(all.hosts.map(({ isUsable }) => isUsable)).toEqual([false]);
});
