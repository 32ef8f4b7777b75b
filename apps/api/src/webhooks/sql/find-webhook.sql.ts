import { type Database, run, sql } from '@attune/common';

export interface Webhook {
  /** Id of the trigger. */
  readonly trigger: number;
  readonly triggerRef: string;
  readonly isEnabled: boolean;
  readonly options: unknown;
}

/** The webhook with this key, or null. */
export async function findWebhook(db: Database, key: string): Promise<Webhook | null> {
  const [row] = await run<Webhook>(
    db,
    sql`
    select t.id as trigger, t.ref as "triggerRef", t.webhook_enabled as "isEnabled", t.webhook_config as options
    from trigger as t
    where t.webhook_key = ${key}`.prepared(),
  );
  return row ?? null;
}
