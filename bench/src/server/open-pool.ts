import pg from 'pg';

/** A pool on a database that is dropped soon after its end, maybe before the last connection is closed: that is no problem. */
export function openPool(databaseUrl: string, max: number): pg.Pool {
  const pool = new pg.Pool({ connectionString: databaseUrl, max });
  pool.on('error', (error) => {
    if (!pool.ending) throw error;
  });
  return pool;
}
