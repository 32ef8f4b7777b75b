import { type Database, run, sql } from '@attune/common';

export interface InstalledVersion {
  readonly ref: string;
  readonly version: string;
}

/** Which of these packs there are. */
export function installedVersions(db: Database, refs: readonly string[]): Promise<InstalledVersion[]> {
  return run<InstalledVersion>(db, sql`select p.ref, p.version from pack as p where p.ref = any(${refs}::text[])`);
}

/** Runtimes that workers offer now: for each worker its versions by name. */
export async function offeredRuntimes(db: Database): Promise<Readonly<Record<string, unknown>>[]> {
  const rows = await run<{ runtimes: Readonly<Record<string, unknown>> | null }>(
    db,
    sql`select w.capabilities -> 'runtimes' as runtimes from worker as w where w.status = 'active'`,
  );
  return rows.flatMap(({ runtimes }) => (runtimes === null ? [] : [runtimes]));
}
