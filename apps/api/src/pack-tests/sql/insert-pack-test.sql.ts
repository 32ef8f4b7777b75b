import { execute, json, type PackTestReason, sql } from '@attune/common';
import { type JsonObject } from '@attune/engine';
import { type PackTestOutcome } from '@attune/packs';
import { type EntityManager } from 'typeorm';

export interface NewPackTest {
  readonly packId: number;
  readonly reason: PackTestReason;
  readonly outcome: PackTestOutcome;
  /** The whole outcome as it is shown. */
  readonly result: JsonObject;
}

/** Keeps how the tests of a pack went. */
export async function insertPackTest(
  db: EntityManager,
  { packId, reason, outcome, result }: NewPackTest,
): Promise<void> {
  const { packVersion, executionTime, counts, passRate, durationMs } = outcome;
  await execute(
    db,
    sql`
    insert into pack_test_execution (
      pack_id, pack_version, execution_time, trigger_reason, total_tests, passed, failed, skipped, pass_rate,
      duration_ms, result
    )
    values (
      ${packId}, ${packVersion}, ${executionTime}, ${reason}::pack_test_reason, ${counts.total}, ${counts.passed},
      ${counts.failed}, ${counts.skipped}, ${passRate}, ${durationMs}, ${json(result)}::jsonb
    )`,
  );
}
