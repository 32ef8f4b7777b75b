import { type Database, run } from '../database/run.js';
import { sql } from '../database/sql.js';

/** A policy of TimescaleDB whose last run failed. */
export interface FailedPolicy {
  readonly job: number;
  /** For example `policy_retention`. */
  readonly policy: string;
  /** The table or aggregate it looks after. */
  readonly relation: string;
  readonly failedAt: Date;
  readonly failure: string;
}

/** Only for databases with policies. A policy that keeps failing means that nothing is compressed, dropped or summed up. */
export function listFailedPolicies(db: Database): Promise<FailedPolicy[]> {
  return run<FailedPolicy>(
    db,
    sql`
    select j.job_id as job, j.proc_name as policy, coalesce(a.view_name, j.hypertable_name) as relation,
      s.last_run_started_at as "failedAt", coalesce(e.err_message, 'unknown') as failure
    from timescaledb_information.job_stats as s
    join timescaledb_information.jobs as j on j.job_id = s.job_id
    left join timescaledb_information.continuous_aggregates as a
      on a.materialization_hypertable_schema = j.hypertable_schema
      and a.materialization_hypertable_name = j.hypertable_name
    left join lateral (
      select x.err_message from timescaledb_information.job_errors as x
      where x.job_id = j.job_id order by x.finish_time desc limit 1
    ) as e on true
    where s.last_run_status = 'Failed' and j.hypertable_name is not null
    order by j.job_id`,
  );
}
