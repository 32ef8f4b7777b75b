import { type Database, execute, run } from '../../../database/run.js';
import { sql } from '../../../database/sql.js';
import { type ResealedRow, type SealedRow } from '../sealed-store.js';

/** Signing secrets of webhooks. No column says which key sealed them, so all are looked at. */
export function listWebhookSecrets(db: Database, _: string, afterId: number, limit: number): Promise<SealedRow[]> {
  return run<SealedRow>(
    db,
    sql`
    select t.id, t.ref as name, t.webhook_config #>> '{hmac,secret}' as stored
    from trigger as t
    where t.webhook_config #>> '{hmac,secret}' is not null and t.id > ${afterId}
    order by t.id
    limit ${limit}`,
  );
}

export function replaceWebhookSecrets(db: Database, _: string, rows: readonly ResealedRow[]): Promise<number> {
  return execute(
    db,
    sql`
    update trigger as t
    set webhook_config = jsonb_set(t.webhook_config, '{hmac,secret}', to_jsonb(r.after))
    from unnest(
      ${rows.map(({ id }) => id)}::bigint[], ${rows.map(({ before }) => before)}::text[],
      ${rows.map(({ after }) => after)}::text[]
    ) as r (id, before, after)
    where t.id = r.id and t.webhook_config #>> '{hmac,secret}' = r.before`,
  );
}
