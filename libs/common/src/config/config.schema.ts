import { join } from 'node:path';
import { z } from 'zod';
import { isAddressRange } from '../network/address-list.js';
import { flag, list, positive, section, text } from './fields.js';
import { packRegistry, packs, packUpload } from './packs.schema.js';
import { ldap, localPassword, loginThrottle, oidc } from './sign-in.schema.js';

const port = z.coerce.number().int().min(0).max(65_535);

/** IP addresses and networks (CIDR). */
const addresses = list.refine((entries) => entries.every(isAddressRange), {
  error: 'must be IP addresses or networks such as 10.0.0.0/8',
});

const taint = z.strictObject({
  key: text,
  value: z.string().nullable().default(null),
  effect: z.enum(['no_schedule', 'prefer_no_schedule']).default('no_schedule'),
});
/** A list in YAML; in a variable `key[=value][:effect]`, separated by commas. */
const taints = z.preprocess((given) => (typeof given === 'string' ? readTaints(given) : given), z.array(taint));

const readTaints = (written: string): unknown[] =>
  written
    .split(',')
    .filter((entry) => entry.trim() !== '')
    .map((entry) => {
      const [, key = '', value, effect] = /^([^=:]*)(?:=([^:]*))?(?::(.*))?$/.exec(entry.trim()) ?? [];
      return { key, value, effect };
    });

const database = section({
  /** `postgres://user:password@host:port/database`. Absent: the one-command start runs an embedded server. */
  url: z
    .url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// address' })
    .nullable()
    .default(null),
  /** Connections one service may hold. */
  pool_size: positive.max(500).default(10),
  /** How long (ms) to wait for a connection before the database counts as unreachable. */
  connect_timeout_ms: positive.default(5_000),
}).transform((raw) => ({ url: raw.url, poolSize: raw.pool_size, connectTimeoutMs: raw.connect_timeout_ms }));

const server = section({
  host: text.default('0.0.0.0'),
  /** 0 takes a free port. */
  port: port.default(8080),
  cors_origins: list.default(
    ['localhost', '127.0.0.1'].flatMap((host) => [3000, 3001, 5173, 8080].map((at) => `http://${host}:${at}`)),
  ),
  /** Base address that actions use to reach the API. Absent: derived from host and port. */
  public_url: z.url().nullable().default(null),
  /** Proxies in front of the API, whose `X-Forwarded-For` is believed. Of everybody else the header is ignored. */
  trusted_proxies: addresses.default([]),
}).transform((raw) => ({
  host: raw.host,
  port: raw.port,
  corsOrigins: raw.cors_origins,
  trustedProxies: raw.trusted_proxies,
  publicUrl: raw.public_url ?? `http://${raw.host === '0.0.0.0' ? '127.0.0.1' : raw.host}:${raw.port}`,
}));

const notifier = section({ host: text.default('0.0.0.0'), port: port.default(8081) });

const messaging = section({
  /** `postgres`: messages are rows that consumers take. `rabbitmq`: a relay brings the rows to a broker. */
  transport: z.enum(['postgres', 'rabbitmq'], { error: 'must be "postgres" or "rabbitmq"' }).default('postgres'),
  /** `amqp://user:password@host:port/vhost`; unused by the `postgres` transport. */
  url: z
    .url({ protocol: /^amqps?$/, error: 'must be an amqp:// or amqps:// address' })
    .nullable()
    .default(null),
  /** First part of the names of exchanges and queues: one for each installation at the same broker. */
  prefix: text.regex(/^[\w-]+$/, 'may have letters, digits, _ and -').default('attune'),
  /** How long (ms) an idle consumer waits for a wake-up before it looks by itself. */
  poll_interval_ms: positive.default(1_000),
  /** Messages taken at most in one transaction. */
  batch_size: positive.max(5_000).default(200),
}).transform(({ transport, url, prefix, poll_interval_ms: pollIntervalMs, batch_size: batchSize }, context) => {
  const common = { prefix, pollIntervalMs, batchSize };
  if (transport === 'postgres') return { transport, url, ...common };
  if (url !== null) return { transport, url, ...common };
  context.issues.push({
    code: 'custom',
    path: ['url'],
    message: 'required by the transport "rabbitmq"',
    input: url,
  });
  return z.NEVER;
});

const security = section({
  /** Signs access tokens (HS256). Required in production. */
  jwt_secret: z.string().min(32, 'must have at least 32 characters').nullable().default(null),
  /** Encrypts stored secrets (AES-256-GCM). Required in production. */
  encryption_key: z.string().min(32, 'must have at least 32 characters').nullable().default(null),
  /** Keys that stored secrets may still be encrypted with: opens with them, never encrypts. No key may hold a comma. */
  previous_encryption_keys: list.pipe(z.array(z.string().min(32, 'must have at least 32 characters'))).default([]),
  allow_self_registration: flag.default(false),
  /** Lifetime (s) of an access token. */
  jwt_access_expiration: positive.default(3_600),
  /** Lifetime (s) of a refresh token. */
  jwt_refresh_expiration: positive.default(604_800),
  local_password: localPassword,
  login_throttle: loginThrottle,
  oidc,
  ldap,
}).transform((raw) => ({
  jwtSecret: raw.jwt_secret,
  encryptionKey: raw.encryption_key,
  previousEncryptionKeys: raw.previous_encryption_keys,
  allowSelfRegistration: raw.allow_self_registration,
  accessTokenSeconds: raw.jwt_access_expiration,
  refreshTokenSeconds: raw.jwt_refresh_expiration,
  localPassword: raw.local_password,
  loginThrottle: raw.login_throttle,
  oidc: raw.oidc,
  ldap: raw.ldap,
}));

/** The first administrator. Absent: made up once and kept in `credentials.json` under the data directory. */
const bootstrap = section({
  login: z.string().min(3).max(255).nullable().default(null),
  password: z.string().min(8).max(128).nullable().default(null),
});

const executor = section({
  /** How long (s) an execution may wait for its worker to pick it up, or for any fitting worker to be free. */
  scheduled_timeout: positive.default(300),
  /**
   * How long (s) an execution may lie at one worker that is alive before another one may have it. Shorter than
   * `scheduled_timeout`, after which it fails: of two equal times the failure would always come first.
   */
  dispatch_ttl: positive.default(120),
  /** How often (s) timeouts and dead workers are looked for. */
  monitor_interval: positive.default(60),
  /** How often (s) work whose message was lost is announced again. */
  recovery_interval: positive.default(30),
  /** How long (s) a worker may stay silent before it counts as dead. */
  heartbeat_timeout: positive.default(90),
  /** How long (s) an execution that found no free worker waits before the next try. */
  placement_retry: positive.default(5),
}).transform((raw) => ({
  scheduledTimeoutSeconds: raw.scheduled_timeout,
  dispatchTtlSeconds: raw.dispatch_ttl,
  monitorIntervalSeconds: raw.monitor_interval,
  recoveryIntervalSeconds: raw.recovery_interval,
  heartbeatTimeoutSeconds: raw.heartbeat_timeout,
  placementRetrySeconds: raw.placement_retry,
}));

const worker = section({
  /** No two running workers share one. Absent: the host's name, with a number from the second worker of a host on. */
  name: text.nullable().default(null),
  max_concurrent_tasks: positive.default(10),
  /** Seconds between two signs of life. */
  heartbeat_interval: positive.default(30),
  /** How long (s) an action may run that declares no timeout of its own. */
  task_timeout: positive.default(300),
  max_stdout_bytes: positive.default(10_485_760),
  max_stderr_bytes: positive.default(10_485_760),
  /** How long (s) running actions may finish after a stop was asked for. */
  shutdown_timeout: positive.default(30),
  /** Variables of the worker's own environment that actions may see besides PATH, HOME and the like. */
  pass_env: list.default([]),
  labels: z.record(z.string(), z.string()).default({}),
  /** Keep executions away that do not tolerate them. */
  taints: taints.default([]),
  /** Runtimes to offer; empty: every one found on the machine. */
  runtimes: list.default([]),
  /** Calls after which the host process of function actions is replaced by a new one. */
  function_host_max_runs: positive.default(50_000),
  /** How long (s) a host process is kept warm that nobody calls. */
  function_host_idle: positive.default(300),
}).transform((raw) => ({
  name: raw.name,
  maxConcurrentTasks: raw.max_concurrent_tasks,
  heartbeatIntervalSeconds: raw.heartbeat_interval,
  taskTimeoutSeconds: raw.task_timeout,
  maxStdoutBytes: raw.max_stdout_bytes,
  maxStderrBytes: raw.max_stderr_bytes,
  shutdownTimeoutSeconds: raw.shutdown_timeout,
  passEnv: raw.pass_env,
  labels: raw.labels,
  taints: raw.taints,
  runtimes: raw.runtimes,
  functionHostMaxRuns: raw.function_host_max_runs,
  functionHostIdleSeconds: raw.function_host_idle,
}));

const audit = section({
  /**
   * Which moves of executions the audit log tells of. `notable`: those somebody asked for, and every failure, timeout and
   * abandoned one. `all`: every status of every execution, which costs the database a fifth more for each of them.
   */
  execution_events: z.enum(['notable', 'all'], { error: 'must be "notable" or "all"' }).default('notable'),
}).transform((raw) => ({ executionEvents: raw.execution_events }));
const log = section({
  level: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).default('info'),
  /** `json`: one object a line; `pretty`: for a person at a terminal. */
  format: z.enum(['json', 'pretty']).default('json'),
});

/** Every setting, with the names of the file and the variables (`server.port` is `ATTUNE__SERVER__PORT`). */
export const configSchema = z
  .strictObject({
    environment: text.default('development'),
    /** Where the one-command start keeps its database, secrets, logs and packs. */
    data_dir: text.default('.attune'),
    packs_base_dir: text.nullable().default(null),
    database,
    server,
    notifier,
    messaging,
    security,
    bootstrap,
    executor,
    worker,
    audit,
    packs,
    pack_upload: packUpload,
    pack_registry: packRegistry,
    log,
  })
  .transform(({ data_dir: dataDir, packs_base_dir: packsBaseDir, pack_upload, pack_registry, ...rest }) => ({
    ...rest,
    packUpload: pack_upload,
    packRegistry: pack_registry,
    dataDir,
    packsBaseDir: packsBaseDir ?? join(dataDir, 'packs'),
  }));

type Settings = z.output<typeof configSchema>;

/** The whole configuration of a process; frozen, with its secrets resolved. */
export type Config = Readonly<
  Omit<Settings, 'security'> & {
    security: Readonly<
      Omit<Settings['security'], keyof Secrets> &
        Secrets & {
          /** The encryption key is the one kept under the data directory. */
          hasLocalEncryptionKey: boolean;
        }
    >;
  }
>;

/** Signing and encryption secrets. */
export interface Secrets {
  readonly jwtSecret: string;
  readonly encryptionKey: string;
  /** Open what they encrypted; newest first. */
  readonly previousEncryptionKeys: readonly string[];
}
