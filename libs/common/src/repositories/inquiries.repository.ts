import { type Json } from '@attune/engine';
import { type Database, run } from '../database/run.js';
import { allOf, json, sql, type Sql } from '../database/sql.js';
import { type InquiryStatus } from '../entities/enums.js';
import { type InquiryEntity } from '../entities/inquiry.entity.js';
import { type CountedPage, type PageRequest } from './page.js';

/** All conditions hold together. */
export interface InquiryFilter {
  readonly status?: InquiryStatus | undefined;
  readonly execution?: number | undefined;
  readonly assigned_to?: number | undefined;
  /** Which rows there are at all for who asks; the table is `i`. */
  readonly visible?: Sql | undefined;
}

/** A question to be asked. */
export type NewInquiry = Pick<InquiryEntity, 'execution' | 'prompt' | 'response_schema' | 'assigned_to' | 'timeout_at'>;

/** How a question ends. */
export interface InquiryEnd {
  readonly id: number;
  readonly status: Exclude<InquiryStatus, 'pending'>;
  /** Missing: none. JSON null is an answer too. */
  readonly response?: Json;
  /** The identity that answers; missing: nobody. */
  readonly respondedBy?: number;
}

/** An inquiry that ended, and the execution that waits for it. */
export interface EndedInquiry {
  readonly id: number;
  readonly execution: number;
}

const COLUMNS = sql`
  i.id, i.execution, i.prompt, i.response_schema, i.default_response, i.assigned_to, i.status, i.response, i.responded_by,
  i.timeout_at, i.responded_at, i.created, i.updated`;

/** The inquiry, or null. */
export async function findInquiry(db: Database, id: number): Promise<InquiryEntity | null> {
  const [inquiry] = await run<InquiryEntity>(db, sql`select ${COLUMNS} from inquiry as i where i.id = ${id}`);
  return inquiry ?? null;
}

/** The same, locked until the transaction ends. */
export async function findInquiryForUpdate(db: Database, id: number): Promise<InquiryEntity | null> {
  const [inquiry] = await run<InquiryEntity>(
    db,
    sql`select ${COLUMNS} from inquiry as i where i.id = ${id} for no key update`,
  );
  return inquiry ?? null;
}

/** Asks a question; gives its id. Null: the execution asks one already. */
export async function insertInquiry(
  db: Database,
  { execution, prompt, response_schema: schema, assigned_to: assignedTo, timeout_at: timeoutAt }: NewInquiry,
): Promise<number | null> {
  const [row] = await run<{ id: number }>(
    db,
    sql`
    insert into inquiry (execution, prompt, response_schema, assigned_to, timeout_at)
    values (${execution}, ${prompt}, ${json(schema)}::jsonb, ${assignedTo}, ${timeoutAt})
    on conflict (execution) do nothing
    returning id`,
  );
  return row?.id ?? null;
}

/** Inquiries, newest first. */
export async function listInquiries(
  db: Database,
  filter: InquiryFilter,
  { limit, offset }: PageRequest,
): Promise<CountedPage<InquiryEntity>> {
  const conditions = conditionsOf(filter);
  const [{ total } = { total: 0 }] = await run<{ total: number }>(
    db,
    sql`select count(*) as total from inquiry as i where ${conditions}`,
  );
  const rows = await run<InquiryEntity>(
    db,
    sql`
    select ${COLUMNS}
    from inquiry as i
    where ${conditions}
    order by i.id desc
    limit ${limit} offset ${offset}`,
  );
  return { rows, total };
}

function conditionsOf({ status, execution, assigned_to: assignedTo, visible }: InquiryFilter): Sql {
  const conditions: Sql[] = [];
  if (status !== undefined) conditions.push(sql`i.status = ${status}`);
  if (execution !== undefined) conditions.push(sql`i.execution = ${execution}`);
  if (assignedTo !== undefined) conditions.push(sql`i.assigned_to = ${assignedTo}`);
  if (visible !== undefined) conditions.push(visible);
  return allOf(conditions);
}

/**
 * Ends a question that is still open. An answer comes in time or not at all: after the deadline it changes nothing. Of two
 * callers one gets true.
 */
export async function endInquiry(db: Database, { id, status, response, respondedBy }: InquiryEnd): Promise<boolean> {
  const isAnswer = status === 'responded';
  const text = response === undefined ? null : JSON.stringify(response);
  const ended = await run<{ id: number }>(
    db,
    sql`
    update inquiry as i
    set
      status = ${status},
      response = coalesce(${text}::jsonb, i.response),
      responded_by = ${respondedBy ?? null},
      responded_at = case when ${isAnswer} then now() end
    where
      i.id = ${id} and i.status = 'pending'
      and (not ${isAnswer} or i.timeout_at is null or i.timeout_at > now())
    returning i.id`,
  );
  return ended.length > 0;
}

/**
 * Ends the questions whose deadline has passed, longest overdue first; the default response, where there is one, becomes the
 * response. Rows that others hold are left for the next look.
 */
export function timeOutInquiries(db: Database, limit: number): Promise<EndedInquiry[]> {
  return run<EndedInquiry>(
    db,
    sql`
    with overdue as (
      select i.id
      from inquiry as i
      where i.status = 'pending' and i.timeout_at <= now()
      order by i.timeout_at
      limit ${limit}
      for update skip locked
    )
    update inquiry as i
    set status = 'timeout', response = i.default_response
    from overdue
    where i.id = overdue.id
    returning i.id, i.execution`.prepared(),
  );
}

/** The same for one question, as somebody comes to answer it. False: it is not overdue, or not open. */
export async function timeOutInquiry(db: Database, id: number): Promise<boolean> {
  const ended = await run<EndedInquiry>(
    db,
    sql`
    update inquiry as i
    set status = 'timeout', response = i.default_response
    where i.id = ${id} and i.status = 'pending' and i.timeout_at <= now()
    returning i.id, i.execution`,
  );
  return ended.length > 0;
}

/** Ends the open questions of executions that do not wait any more. Rows that others hold are left for the next look. */
export function cancelInquiries(db: Database, ids: readonly number[]): Promise<EndedInquiry[]> {
  return run<EndedInquiry>(
    db,
    sql`
    with held as (
      select i.id
      from inquiry as i
      where i.id = any(${ids}::bigint[]) and i.status = 'pending'
      for update skip locked
    )
    update inquiry as i
    set status = 'cancelled'
    from held
    where i.id = held.id
    returning i.id, i.execution`,
  );
}
