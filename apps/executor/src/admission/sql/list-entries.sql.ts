import { type AdmissionStatus, run, sql } from '@attune/common';
import { type EntityManager } from 'typeorm';

export interface AdmissionEntry {
  readonly execution: number;
  readonly status: AdmissionStatus;
}

/** What these executions hold already. */
export function listEntries(db: EntityManager, executions: readonly number[]): Promise<AdmissionEntry[]> {
  return run<AdmissionEntry>(
    db,
    sql`
    select a.execution, a.status
    from execution_admission_entry as a
    where a.execution = any(${executions}::bigint[])`.prepared(),
  );
}
