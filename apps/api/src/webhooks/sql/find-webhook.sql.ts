import { type Database, sql } from '@attune/common';
import { runPrepared } from '../../database/run-prepared.js';

export interface Webhook {
  /** Id of the trigger. */
  readonly trigger: number;
  readonly triggerRef: string;
  readonly isEnabled: boolean;
  readonly options: unknown;
}

/** The webhook with this key, or null. */
export async function findWebhook(db: Database, key: string): Promise<Webhook | null> {
  const [row] = await runPrepared<Webhook>(
    db,
    'find-webhook',
    sql`
    select t.id as trigger, t.ref as "triggerRef", t.webhook_enabled as "isEnabled", t.webhook_config as options
    from trigger as t
    where t.webhook_key = ${key}`,
  );
  return row ?? null;
}
