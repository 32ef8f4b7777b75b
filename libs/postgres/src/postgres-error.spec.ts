import { fromServerOutput } from './postgres-error.js';

const context = { doing: 'start', dataDir: '/data' };

describe('fromServerOutput', () => {
  it.each([
    ['disk_full', 'PANIC:  could not write to file "pg_wal/xlogtemp.1": No space left on device'],
    ['disk_full', 'FATAL:  could not extend file "base/1/2691": wrote only 4096 of 8192 bytes at block 10'],
    ['data_dir_in_use', 'FATAL:  lock file "postmaster.pid" already exists'],
    ['port_taken', 'LOG:  could not bind IPv4 address "127.0.0.1": Address already in use'],
    [
      'binaries_unusable',
      'postgres: error while loading shared libraries: libicuuc.so.60: cannot open shared object file',
    ],
    ['data_dir_unusable', 'FATAL:  data directory "/data" has wrong ownership'],
    ['start_failed', 'FATAL:  could not access file "timescaledb": No such file or directory'],
    ['start_failed', ''],
  ])('recognises %s', (code, output) => {
    expect(fromServerOutput(output, context).code).toBe(code);
  });

  it('quotes the line that tells, without the noise around it', () => {
    const output = [
      '2026-01-01 00:00:00.000 UTC [1] LOG:  starting PostgreSQL',
      '2026-01-01 00:00:00.000 UTC [1] FATAL:  could not access file "timescaledb": No such file or directory',
      '2026-01-01 00:00:00.000 UTC [1] LOG:  database system is shut down',
    ].join('\n');
    expect(fromServerOutput(output, context).message).toBe(
      'PostgreSQL could not start: could not access file "timescaledb": No such file or directory',
    );
  });
});
