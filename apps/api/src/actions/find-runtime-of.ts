import { type Database, findRuntime, findRuntimes, type RuntimeEntity } from '@attune/common';
import { found } from '../domain/found.js';

/** The runtime a request names; the id wins over the ref. Null when it names none. @throws DomainError 404 for an unknown one */
export async function findRuntimeOf(
  db: Database,
  { id, ref }: { id: number | undefined; ref: string | undefined },
): Promise<RuntimeEntity | null> {
  if (id !== undefined) return found('runtime', id, (await findRuntimes(db, [id]))[0] ?? null);
  return ref === undefined ? null : found('runtime', ref, await findRuntime(db, ref));
}
