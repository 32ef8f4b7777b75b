import { type Database, run, sql } from '@attune/common';

/** A question that is still open. */
export interface OpenInquiry {
  readonly id: number;
  readonly execution: number;
}

/** Open questions behind the one with id `after`, in the order of their ids. */
export function listOpenInquiries(db: Database, after: number, limit: number): Promise<OpenInquiry[]> {
  return run<OpenInquiry>(
    db,
    sql`
    select i.id, i.execution
    from inquiry as i
    where i.status = 'pending' and i.id > ${after}
    order by i.id
    limit ${limit}`,
  );
}
