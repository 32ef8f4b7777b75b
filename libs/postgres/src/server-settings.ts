export type SettingValue = string | number | boolean;

/**
 * Chosen for one machine that also runs the services: room for every service's pool, memory that a laptop can spare, few and large
 * checkpoints, statistics kept fresh on append-heavy tables. Durability stays at PostgreSQL's safe defaults.
 */
const DEFAULTS: Readonly<Record<string, SettingValue>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: 200,
  shared_buffers: '256MB',
  effective_cache_size: '1GB',
  work_mem: '8MB',
  maintenance_work_mem: '128MB',
  wal_buffers: '16MB',
  min_wal_size: '256MB',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  random_page_cost: 1.1,
  jit: false,
  autovacuum_vacuum_scale_factor: 0.05,
  autovacuum_analyze_scale_factor: 0.05,
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: false,
  log_line_prefix: '%m [%p] %q%a ',
};

/** Arguments of `postgres` that set the defaults, the caller's `settings` over them, and the port. */
export function settingArguments(port: number, settings: Readonly<Record<string, SettingValue>>): string[] {
  return Object.entries({ ...DEFAULTS, ...settings, port }).flatMap(([name, value]) => [
    '-c',
    `${name}=${text(value)}`,
  ]);
}

function text(value: SettingValue): string {
  return typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value);
}
