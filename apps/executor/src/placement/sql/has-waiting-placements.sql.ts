import { QUEUE, run, sql } from '@attune/common';
import { type DataSource } from 'typeorm';

/** Whether any execution waits for room at a worker. Cheap when none does: the index holds only what is not due yet. */
export async function hasWaitingPlacements(dataSource: DataSource): Promise<boolean> {
  const [row] = await run<{ waiting: boolean }>(
    dataSource,
    sql`
    select exists (
      select from outbox_message as o
      where
        o.queue = ${QUEUE.executorExecutions} and o.available_at > now()
        and jsonb_array_length(coalesce(o.payload -> 'waits_for', '[]')) > 0
    ) as waiting`.prepared(),
  );
  return row?.waiting === true;
}
