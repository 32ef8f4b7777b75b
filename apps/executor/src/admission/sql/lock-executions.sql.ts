import { createdAmong, run, sql } from '@attune/common';
import { timeIdToMs } from '@attune/engine';
import { type EntityManager } from 'typeorm';

/** Rows younger than this (ms) lie in chunks that are not compressed (after 7 days); a day less, because clocks differ. */
const UNCOMPRESSED_MS = 6 * 86_400_000;

/**
 * Locks executions that still wait to be placed, and gives those it got: what somebody else is changing is left out. While we hold
 * the row nobody can end the execution, so the entry that is made for it cannot be left behind.
 *
 * Rows of compressed chunks are given without a lock: it would unpack them. Should one of them be ended at this very moment, the
 * repair sweep removes its entry.
 */
export async function lockExecutions(
  db: EntityManager,
  ids: readonly number[],
  nowMs: number = Date.now(),
): Promise<number[]> {
  const isRecent = (id: number): boolean => timeIdToMs(id) >= nowMs - UNCOMPRESSED_MS;
  const recent = ids.filter(isRecent);
  const older = ids.filter((id) => !isRecent(id));
  if (recent.length === 0) return older;
  const rows = await run<{ id: number }>(
    db,
    sql`
    select e.id
    from execution as e
    where
      e.id = any(${recent}::bigint[]) and ${createdAmong(sql`e.created`, recent)}
      and e.status in ('requested', 'scheduling')
    order by e.id
    for no key update skip locked`,
  );
  return [...rows.map(({ id }) => id), ...older];
}
