import { QueryFailedError, type QueryRunner } from 'typeorm';
import { compareVersions, prepareDatabase } from './database-kind.js';

/** A server that answers the questions of prepareDatabase and notes what else it is told to do. */
function server(facts: {
  installed: string | null;
  available: string | null;
  preloaded: boolean;
  license?: string;
  refusal?: string;
  isDeclined?: true;
}): { runner: QueryRunner; commands: string[] } {
  const commands: string[] = [];
  const query = (text: string): Promise<unknown[]> => {
    if (text.includes('pg_available_extensions')) {
      return Promise.resolve([{ isDeclined: false, role: 'app', database: 'attune', ...facts }]);
    }
    if (text.includes('timescaledb.license')) return Promise.resolve([{ license: facts.license ?? null }]);
    commands.push(text);
    if (facts.refusal === undefined) return Promise.resolve([]);
    return Promise.reject(new QueryFailedError(text, [], Object.assign(new Error('no'), { code: facts.refusal })));
  };
  return { runner: { query } as unknown as QueryRunner, commands }; // the only method it may use
}

describe('prepareDatabase', () => {
  it.each([
    ['TimescaleDB is not there', { installed: null, available: null, preloaded: false }],
    ['TimescaleDB is on disk only', { installed: null, available: '2.26.4', preloaded: false }],
    ['an old TimescaleDB is on disk only', { installed: null, available: '2.9.0', preloaded: false }],
  ])('takes plain partitions and creates nothing when %s', async (_, facts) => {
    const { runner, commands } = server(facts);
    expect(await prepareDatabase(runner)).toBe('plain');
    expect(commands).toEqual([]);
  });

  it.each([
    ['timescale', 'timescale'],
    ['apache', 'apache'],
  ])('creates the extension where it is preloaded; the licence "%s" decides', async (license, kind) => {
    const { runner, commands } = server({ installed: null, available: '2.26.4', preloaded: true, license });
    expect(await prepareDatabase(runner)).toBe(kind);
    expect(commands).toEqual([expect.stringContaining('create extension timescaledb')]);
  });

  it.each(['42501', '0A000'])(
    'refuses when the role may not create the extension (%s), and says who does what',
    async (refusal) => {
      const { runner } = server({ installed: null, available: '2.26.4', preloaded: true, refusal });
      await expect(prepareDatabase(runner)).rejects.toThrow(
        /role "app" may not.*superuser run "create extension timescaledb" in database "attune".*attune\.timescaledb%3Doff/s,
      );
    },
  );

  it('passes on any other failure of the extension', async () => {
    const { runner } = server({ installed: null, available: '2.26.4', preloaded: true, refusal: '53200' });
    await expect(prepareDatabase(runner)).rejects.toBeInstanceOf(QueryFailedError);
  });

  it.each([
    ['loaded', { installed: null, available: '2.26.4', preloaded: true }],
    ['installed', { installed: '2.9.1', available: '2.9.1', preloaded: false }],
  ])('takes plain partitions when somebody insists, although TimescaleDB is %s', async (_, facts) => {
    const { runner, commands } = server({ ...facts, isDeclined: true });
    expect(await prepareDatabase(runner)).toBe('plain');
    expect(commands).toEqual([]);
  });

  it.each([
    ['installed', { installed: '2.17.2', available: '2.17.2', preloaded: true }],
    ['about to be created', { installed: null, available: '2.9.1', preloaded: true }],
  ])('refuses a TimescaleDB that is too old and %s, and says what to do', async (_, facts) => {
    await expect(prepareDatabase(server(facts).runner)).rejects.toThrow(/2\.18 or later is needed.*alter extension/s);
  });

  it('refuses a TimescaleDB that is installed but not loaded', async () => {
    const { runner } = server({ installed: '2.26.4', available: '2.26.4', preloaded: false });
    await expect(prepareDatabase(runner)).rejects.toThrow(/shared_preload_libraries/);
  });
});

describe('compareVersions', () => {
  it('compares numbers, not texts', () => {
    expect(compareVersions('2.9.0', '2.18')).toBeLessThan(0);
    expect(compareVersions('2.18.0', '2.18')).toBe(0);
    expect(compareVersions('3.0.0-dev', '2.18')).toBeGreaterThan(0);
  });
});
