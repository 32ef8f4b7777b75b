import { type Logger } from '@attune/common';

/**
 * How long (ms) callers wait for busy hosts before another host is started. Most functions are done much sooner, and where the
 * processors are what is short, more hosts only make it worse.
 */
const PATIENCE_MS = 50;
/** The same where calls were short (ms) so far: then it is rather the machine that is busy. */
const LONG_PATIENCE_MS = 200;
const SHORT_CALL_MS = 5;
/** How much of the average duration of calls is the last call's. */
const LAST_SHARE = 0.1;

/** What the pool has to know of a host. */
export interface PooledHost {
  /** Of the pack's files, when it was started. */
  readonly version: string;
  /** Whether it can be called again. */
  readonly isUsable: boolean;
  /** Resolves when its process is gone, whatever the reason. */
  readonly gone: Promise<unknown>;
  /** Ends it, whether or not it is gone already. */
  retire(): Promise<void>;
}

/** Where a function can be called: hosts of one key are alike. */
export interface HostPlace<Host extends PooledHost> {
  readonly key: string;
  /** Of the pack's files; hosts of another version are not used any more. */
  readonly version: string;
  /** Starts a host. */
  readonly start: () => Promise<Host>;
}

export interface HostPoolOptions {
  /** Hosts there may be, busy or not. */
  readonly limit: number;
  /** How long (ms) a host may wait for work before it is ended. */
  readonly idleMs: number;
  /** Of the machine. So many hosts are enough for calls that are short: more would only share the processors. */
  readonly processors: number;
}

interface Waiter<Host> {
  /** When it came (performance.now()). */
  readonly since: number;
  readonly resolve: (host: Host | null) => void;
  readonly reject: (reason: unknown) => void;
}

interface IdleHost<Host> {
  readonly host: Host;
  readonly since: number;
}

/** The hosts of one place. */
interface HostSet<Host extends PooledHost> {
  place: HostPlace<Host>;
  /** Longest idle first; the last one is taken. */
  readonly idle: IdleHost<Host>[];
  readonly waiting: Waiter<Host>[];
  /** Hosts that are called. */
  readonly busy: Set<Host>;
  starting: number;
  /** Hosts that were called before. */
  readonly called: WeakSet<Host>;
  /** Of calls, lately; 0: nothing is known yet. */
  averageMs: number;
  /** When a call ended last or a new host came up (performance.now()). */
  movedAt: number;
  timer: NodeJS.Timeout | null;
}

/**
 * Keeps hosts warm and gives each to one caller at a time. A caller waits a moment for a busy host before another one is started;
 * when there are too many, the one that has been idle longest ends, whichever pack it is for. Where all are busy, a place that has none
 * gets the room of the next one that is done.
 *
 * States: open → (stop) stopped. Every host that was acquired is to be released.
 */
export class HostPool<Host extends PooledHost> {
  private readonly sets = new Map<string, HostSet<Host>>();
  private readonly ending = new Set<Promise<void>>();
  private readonly sweeper: NodeJS.Timeout;
  private isStopped = false;

  constructor(
    private readonly options: HostPoolOptions,
    private readonly logger: Logger,
  ) {
    this.sweeper = setInterval(() => this.endUnused(), Math.max(100, options.idleMs / 4)).unref();
  }

  /**
   * A host that is idle, or as soon as there is one; null = `stop` was aborted before.
   * @throws StartError when a host cannot be started
   */
  acquire(place: HostPlace<Host>, stop: AbortSignal): Host | null | Promise<Host | null> {
    const set = this.setOf(place);
    const host = set.waiting.length === 0 ? this.takeIdle(set) : null;
    if (host !== null) return host;
    if (stop.aborted) return null;
    return new Promise((resolve, reject) => {
      const waiter: Waiter<Host> = { since: performance.now(), resolve, reject };
      set.waiting.push(waiter);
      const leave = (): void => {
        const index = set.waiting.indexOf(waiter);
        if (index === -1) return;
        set.waiting.splice(index, 1);
        resolve(null);
      };
      stop.addEventListener('abort', leave, { once: true });
      this.grow(set);
    });
  }

  /** `ranMs`: how long the call took; null: nobody knows. */
  release(place: HostPlace<Host>, host: Host, ranMs: number | null): void {
    const set = this.setOf(place, false);
    set.movedAt = performance.now();
    set.busy.delete(host);
    // The first call of a host loads its module and says nothing about the next.
    if (ranMs !== null && set.called.has(host)) set.averageMs += (ranMs - set.averageMs) * LAST_SHARE;
    set.called.add(host);
    if (this.giveWay(set)) this.end(host);
    else this.offer(set, host);
    if (set.waiting.length > 0) this.grow(set);
  }

  /** Ends all hosts; nothing is left of them when it resolves. Nobody may be calling any more. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearInterval(this.sweeper);
    for (const set of this.sets.values()) {
      if (set.timer !== null) clearTimeout(set.timer);
      for (const { host } of set.idle.splice(0)) this.end(host);
    }
    while (this.ending.size > 0) await Promise.all(this.ending);
  }

  /** How many there are, starting ones included. */
  get size(): number {
    let size = 0;
    for (const set of this.sets.values()) size += hostsOf(set);
    return size;
  }

  private setOf(place: HostPlace<Host>, isNewest = true): HostSet<Host> {
    const known = this.sets.get(place.key);
    if (known === undefined) {
      const set: HostSet<Host> = {
        ...{ place, idle: [], waiting: [], busy: new Set(), called: new WeakSet(), starting: 0 },
        ...{ averageMs: 0, movedAt: 0, timer: null },
      };
      this.sets.set(place.key, set);
      return set;
    }
    if (isNewest && known.place.version !== place.version) {
      known.place = place;
      for (const { host } of known.idle.splice(0)) this.end(host);
    }
    return known;
  }

  private takeIdle(set: HostSet<Host>): Host | null {
    for (let idle = set.idle.pop(); idle !== undefined; idle = set.idle.pop()) {
      if (idle.host.isUsable) {
        set.busy.add(idle.host);
        return idle.host;
      }
      this.end(idle.host);
    }
    return null;
  }

  /**
   * Lets another place have the room of a host of `set` that is not counted any more: callers of a place without a host would wait for
   * as long as there are callers here. Only after a call, or a start that failed: two places that end each other's new hosts get nowhere.
   */
  private giveWay(set: HostSet<Host>): boolean {
    if (this.isStopped || this.size + 1 < this.options.limit) return false;
    const others = [...this.sets.values()].filter((other) => other !== set);
    const starved = others.filter((other) => other.waiting.length > 0 && hostsOf(other) === 0);
    // Not one after the other: with less room than places, the first two would take turns for good.
    const [next] = starved.sort((a, b) => (a.waiting[0]?.since ?? 0) - (b.waiting[0]?.since ?? 0));
    if (next === undefined) return false;
    this.start(next, 1);
    return true;
  }

  /** Gives a host to whoever waits, keeps it for later, or ends it. */
  private offer(set: HostSet<Host>, host: Host): void {
    if (!host.isUsable || host.version !== set.place.version || this.isStopped) {
      this.end(host);
      return;
    }
    const waiter = set.waiting.shift();
    if (waiter === undefined) {
      set.idle.push({ host, since: performance.now() });
      return;
    }
    set.busy.add(host);
    waiter.resolve(host);
  }

  /** Starts hosts when those that are there do not keep up: at once when there is none, later twice as many each time. */
  private grow(set: HostSet<Host>): void {
    if (hostsOf(set) === 0) this.start(set, 1);
    if (set.waiting.length <= set.starting) return;
    const growNow = (): void => {
      set.timer = null;
      const { busy, starting, waiting } = set;
      if (waiting.length === 0 || this.isStopped) return;
      if (isTooSlow(set, this.options.processors))
        this.start(set, Math.min(waiting.length - starting, Math.max(1, busy.size + starting)));
      this.grow(set);
    };
    // After a pause of this process the calls that ended meanwhile are to be seen first.
    set.timer ??= setTimeout(() => setImmediate(growNow), PATIENCE_MS);
  }

  private start(set: HostSet<Host>, wanted: number): void {
    // Starting is work for a processor: more at once would only take longer each.
    const most = Math.min(wanted, this.options.processors - set.starting);
    for (let count = 0; count < most; count += 1) {
      if (this.size >= this.options.limit && !this.endLongestIdle()) return;
      set.starting += 1;
      const started = this.startOne(set).finally(() => this.ending.delete(started));
      this.ending.add(started);
    }
  }

  private async startOne(set: HostSet<Host>): Promise<void> {
    try {
      const host = await set.place.start();
      set.starting -= 1;
      set.movedAt = performance.now();
      this.logger.debug({ place: set.place.key, hosts: this.size + 1 }, 'function host started');
      void host.gone.then(() => this.forget(set, host));
      this.offer(set, host);
    } catch (error) {
      set.starting -= 1;
      // One host, one caller: the others may be luckier.
      set.waiting.shift()?.reject(error);
      this.giveWay(set);
    }
    if (set.waiting.length > 0) this.grow(set);
  }

  /** A host that died while it was idle. */
  private forget(set: HostSet<Host>, host: Host): void {
    const index = set.idle.findIndex((idle) => idle.host === host);
    if (index === -1) return;
    set.idle.splice(index, 1);
    this.logger.warn({ place: set.place.key }, 'a function host ended while nobody called it');
    this.end(host);
  }

  private end(host: Host): void {
    const ended = host.retire().finally(() => this.ending.delete(ended));
    this.ending.add(ended);
  }

  private endLongestIdle(): boolean {
    const sets = [...this.sets.values()].filter(({ idle }) => idle.length > 0);
    const [set] = sets.sort((a, b) => (a.idle[0]?.since ?? 0) - (b.idle[0]?.since ?? 0));
    const oldest = set?.idle.shift();
    if (oldest === undefined) return false;
    this.end(oldest.host);
    return true;
  }

  private endUnused(): void {
    const deadline = performance.now() - this.options.idleMs;
    for (const [key, set] of this.sets) {
      while (set.idle[0] !== undefined && set.idle[0].since < deadline) {
        const unused = set.idle.shift();
        if (unused) this.end(unused.host);
      }
      if (set.waiting.length + hostsOf(set) === 0) this.sets.delete(key);
    }
  }
}

/** Whether those who wait would wait too long: for as many calls as are before them, or because no call ends. */
function isTooSlow<Host extends PooledHost>(
  { waiting, busy, starting, averageMs, movedAt }: HostSet<Host>,
  processors: number,
): boolean {
  const isShort = averageMs > 0 && averageMs < SHORT_CALL_MS;
  const hosts = busy.size + starting;
  if (starting === 0 && performance.now() - movedAt > (isShort ? LONG_PATIENCE_MS : PATIENCE_MS)) return true;
  if (isShort && hosts >= processors) return false;
  return (waiting.length * averageMs) / Math.max(1, hosts) > PATIENCE_MS;
}

/** Starting ones included. */
function hostsOf<Host extends PooledHost>({ idle, busy, starting }: HostSet<Host>): number {
  return idle.length + busy.size + starting;
}
