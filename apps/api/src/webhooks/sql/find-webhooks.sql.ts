import { type Database, run, sql } from '@attune/common';

export interface Webhook {
  /** Id of the trigger. */
  readonly trigger: number;
  readonly triggerRef: string;
  readonly isEnabled: boolean;
  readonly options: unknown;
}

/** The webhooks with these keys, in the order of the keys; null where there is none. */
export async function findWebhooks(db: Database, keys: readonly string[]): Promise<(Webhook | null)[]> {
  const rows = await run<Webhook & { readonly key: string }>(
    db,
    sql`
    select t.webhook_key as key, t.id as trigger, t.ref as "triggerRef", t.webhook_enabled as "isEnabled",
      t.webhook_config as options
    from trigger as t
    where t.webhook_key = any(${keys}::text[])`.prepared(),
  );
  const found = new Map(rows.map(({ key, ...webhook }) => [key, webhook]));
  return keys.map((key) => found.get(key) ?? null);
}
