import { type Database, execute, sql, type Sql } from '@attune/common';

/** One request to a webhook, as it is remembered. */
export interface WebhookLogEntry {
  readonly trigger: number;
  readonly triggerRef: string;
  /** Last four characters. */
  readonly keyEnd: string;
  readonly sourceIp: string;
  readonly userAgent: string | null;
  readonly sizeBytes: number;
  readonly statusCode: number;
  readonly error: string | null;
  readonly processingMs: number;
  /** Null: not checked. */
  readonly isSignatureRight: boolean | null;
  readonly isRateLimited: boolean;
  /** Null: not checked. */
  readonly isAddressAllowed: boolean | null;
}

/** The insert, with the event it led to as an expression. */
const insertLog = (entry: WebhookLogEntry, event: Sql): Sql => sql`
  insert into webhook_event_log (
    trigger, trigger_ref, webhook_key, event, source_ip, user_agent, payload_size_bytes, status_code, error,
    processing_ms, hmac_verified, rate_limited, ip_allowed
  )
  select ${entry.trigger}::bigint, ${entry.triggerRef}, ${entry.keyEnd}, ${event}, ${entry.sourceIp}::inet,
    ${entry.userAgent}, ${entry.sizeBytes}::integer, ${entry.statusCode}::integer, ${entry.error},
    ${entry.processingMs}::integer, ${entry.isSignatureRight}::boolean, ${entry.isRateLimited}::boolean,
    ${entry.isAddressAllowed}::boolean`;

/** Remembers a request that was refused. */
export async function logRefusal(db: Database, entry: WebhookLogEntry): Promise<void> {
  await execute(db, insertLog(entry, sql`null::bigint`));
}

/** Remembers an accepted request in the statement that records its event. */
export const logAccepted = (entry: WebhookLogEntry): Sql => sql`, logged as (
    ${insertLog(entry, sql`n.id`)}
    from new_event as n
  )`;
