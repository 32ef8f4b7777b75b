import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { collectOutput } from '../product/service-process.js';
import { eventually } from '../eventually.js';
import { freePort } from '../free-port.js';
import { onBroker } from './on-broker.js';

/** The server's own script: the one on the PATH of Debian insists on a system user and system folders. */
const PROGRAMS = [
  '/usr/lib/rabbitmq/bin/rabbitmq-server', // Debian, Ubuntu, RPM systems
  '/opt/rabbitmq/sbin/rabbitmq-server', // the container image
  '/opt/homebrew/sbin/rabbitmq-server',
  '/usr/local/sbin/rabbitmq-server',
];

/** An empty machine under load takes its time. */
const START_MS = 90_000;
const STOP_MS = 20_000;

export const hasRabbitProgram = (): boolean => PROGRAMS.some((program) => existsSync(program));

/**
 * A RabbitMQ of its own: own ports, own folder, own name, nothing of the machine's broker. Queues survive `kill` and `start`.
 *
 * States: stopped → (start) running → (kill) stopped; `close` ends it for good and removes the folder.
 */
export class RabbitNode {
  private child: ChildProcess | undefined;
  private output: () => string = () => '';

  private constructor(
    private readonly folder: string,
    private readonly port: number,
    private readonly environment: Readonly<Record<string, string>>,
  ) {}

  /** @throws Error with its output when it does not start */
  static async create(): Promise<RabbitNode> {
    const folder = await mkdtemp(join(tmpdir(), 'attune-rabbitmq-'));
    const [port, distribution, mapper] = [await freePort(), await freePort(), await freePort()];
    for (const name of ['data', 'log', 'home']) await mkdir(join(folder, name));
    await writeFile(join(folder, 'plugins'), '[].');
    const node = new RabbitNode(folder, port, {
      PATH: process.env['PATH'] ?? '',
      HOME: join(folder, 'home'), // the Erlang cookie
      RABBITMQ_NODENAME: `attune_test_${port}@localhost`,
      RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
      RABBITMQ_NODE_PORT: String(port),
      RABBITMQ_DIST_PORT: String(distribution),
      RABBITMQ_MNESIA_BASE: join(folder, 'data'),
      RABBITMQ_LOG_BASE: join(folder, 'log'),
      RABBITMQ_PID_FILE: join(folder, 'pid'),
      RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'plugins'),
      RABBITMQ_CONFIG_FILE: join(folder, 'none'),
      RABBITMQ_CONF_ENV_FILE: '/dev/null',
      ERL_EPMD_PORT: String(mapper),
      ERL_EPMD_ADDRESS: '127.0.0.1',
      // Erlang's schedulers would spin while they wait, at the cost of everybody else on a small machine.
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+sbwt none +sbwtdcpu none +sbwtdio none',
    });
    try {
      await node.start();
    } catch (error) {
      await node.close();
      throw error;
    }
    return node;
  }

  get url(): string {
    return `amqp://guest:guest@127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    await rm(join(this.folder, 'pid'), { force: true });
    const child = spawn(programOf(), { env: { ...this.environment }, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    this.output = collectOutput(child);
    const ended = once(child, 'exit').then((): never => {
      throw new Error(`RabbitMQ did not start:\n${this.output()}`);
    });
    ended.catch(() => undefined);
    await Promise.race([ended, eventually(() => onBroker(this.url, () => Promise.resolve()), START_MS)]);
  }

  /**
   * Ends it as it should be and starts it again. What was declared is then safe from `kill`: for up to three minutes after a quorum queue
   * was made, RabbitMQ has only in memory that it exists, and a queue found without that never gets a leader.
   */
  async restart(): Promise<void> {
    await this.signal('SIGTERM');
    await this.start();
  }

  /** Runs `rabbitmqctl`. @throws Error with its output when it fails */
  async control(...args: readonly string[]): Promise<void> {
    const child = spawn(join(dirname(programOf()), 'rabbitmqctl'), args, { env: { ...this.environment } });
    const output = collectOutput(child);
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(`rabbitmqctl ${args.join(' ')}:\n${output()}`);
  }

  /** SIGKILL, as in a power cut. */
  async kill(): Promise<void> {
    await this.signal('SIGKILL');
  }

  async close(): Promise<void> {
    await this.signal('SIGTERM');
    // The name server that Erlang has started for it; it is nobody else's.
    spawnSync('epmd', ['-kill'], { env: { ...this.environment }, stdio: 'ignore' });
    await rm(this.folder, { recursive: true, force: true });
  }

  private async signal(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.child;
    this.child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    // The script that was started is not the server: that notes its process id, unless it is still starting.
    const pid = Number(await readFile(join(this.folder, 'pid'), 'utf8').catch(() => child.pid));
    process.kill(pid, signal);
    const timer = setTimeout(() => process.kill(pid, 'SIGKILL'), STOP_MS);
    await exited;
    clearTimeout(timer);
  }
}

function programOf(): string {
  const program = PROGRAMS.find((path) => existsSync(path));
  if (program === undefined) throw new Error('no RabbitMQ on this machine');
  return program;
}
