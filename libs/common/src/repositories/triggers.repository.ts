import { type Database, execute, run } from '../database/run.js';
import { sql, type Sql } from '../database/sql.js';
import { TriggerEntity } from '../entities/trigger.entity.js';
import { given } from './given.js';
import { listCounted } from './list-counted.js';
import { type CountedPage, type PageRequest } from './page.js';

/** All conditions hold together. */
export interface TriggerFilter {
  readonly pack_ref?: string | undefined;
  readonly enabled?: boolean | undefined;
  /** Which rows there are at all for who asks; the table is `t`. */
  readonly visible?: Sql | undefined;
}

/** The trigger with this ref, or null. */
export const findTrigger = (db: Database, ref: string): Promise<TriggerEntity | null> =>
  db.getRepository(TriggerEntity).findOneBy({ ref });

/** The trigger whose webhook has this key, or null. */
export const findTriggerByWebhookKey = (db: Database, webhook_key: string): Promise<TriggerEntity | null> =>
  db.getRepository(TriggerEntity).findOneBy({ webhook_key });

/** Triggers by ref. */
export const listTriggers = (
  db: Database,
  { visible, ...filter }: TriggerFilter,
  page: PageRequest,
): Promise<CountedPage<TriggerEntity>> =>
  listCounted(
    db,
    { entity: TriggerEntity, alias: 't', where: given(filter), conditions: [visible], orderBy: 'ref' },
    page,
  );

/** Turns the webhook on and gives its key: the one it already has, else `newKey`. Null: no such trigger. */
export async function enableWebhook(db: Database, ref: string, newKey: string): Promise<string | null> {
  const [trigger] = await run<{ webhook_key: string }>(
    db,
    sql`
    update trigger as t
    set webhook_enabled = true, webhook_key = coalesce(t.webhook_key, ${newKey})
    where t.ref = ${ref}
    returning t.webhook_key`,
  );
  return trigger?.webhook_key ?? null;
}

/** Turns the webhook off and forgets its key; its settings stay. False: no such trigger. */
export async function disableWebhook(db: Database, ref: string): Promise<boolean> {
  const changed = await execute(
    db,
    sql`update trigger as t set webhook_enabled = false, webhook_key = null where t.ref = ${ref}`,
  );
  return changed > 0;
}

/** Replaces the key of a webhook that is on. False: no such trigger, or its webhook is off. */
export async function replaceWebhookKey(db: Database, ref: string, newKey: string): Promise<boolean> {
  const changed = await execute(
    db,
    sql`update trigger as t set webhook_key = ${newKey} where t.ref = ${ref} and t.webhook_enabled`,
  );
  return changed > 0;
}
