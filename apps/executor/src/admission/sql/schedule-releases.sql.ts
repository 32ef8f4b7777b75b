import { execute, json, QUEUE, sql } from '@attune/common';
import { type EntityManager } from 'typeorm';

/** A look at a group that is due later. */
export interface ScheduledRelease {
  readonly state: number;
  readonly at_ms: number;
}

/** Has groups looked at when time makes room in them. */
export async function scheduleReleases(db: EntityManager, releases: readonly ScheduledRelease[]): Promise<void> {
  if (releases.length === 0) return;
  await execute(
    db,
    sql`
    insert into outbox_message (queue, topic, payload, available_at)
    select
      ${QUEUE.executorAdmission}, 'admission.released', jsonb_build_object('state_id', r.state),
      to_timestamp(r.at_ms / 1000)
    from jsonb_to_recordset(${json(releases)}::jsonb) as r (state bigint, at_ms float8)
    order by r.at_ms, r.state`,
  );
}
