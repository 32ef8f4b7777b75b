import { type Installation } from '../harness/installation.js';
import { type KnownValues } from './schema-arbitrary.js';

/** Names of keys and parameters → the statement that finds what they may hold. */
const SOURCES: Readonly<Record<string, string>> = {
  pack_ref: 'select p.ref from pack as p',
  action_ref: 'select a.ref from action as a',
  trigger_ref: 'select t.ref from trigger as t',
  rule_ref: 'select r.ref from rule as r',
  runtime_ref: 'select r.ref from runtime as r',
  sensor_ref: 'select s.ref from sensor as s',
  permission_set_ref: 'select p.ref from permission_set as p',
  ref: `select ref from (
    select p.ref from pack as p union all select a.ref from action as a union all select t.ref from trigger as t
    union all select r.ref from rule as r union all select r.ref from runtime as r union all select s.ref from sensor as s
    union all select k.ref from key as k union all select w.ref from workflow_definition as w) as everything`,
  id: `select id from (
    select i.id from identity as i union all select i.id from inquiry as i union all select w.id from worker as w
    union all select p.id from permission_set as p union all select x.id from execution as x
    union all select e.id from event as e union all select n.id from enforcement as n
    union all select a.id from audit_event as a) as everything`,
  execution: 'select x.id from execution as x',
  execution_id: 'select x.id from execution as x',
  enforcement_id: 'select n.id from enforcement as n',
  identity_id: 'select i.id from identity as i',
  assigned_to: 'select i.id from identity as i',
  token_id: 'select t.id from integration_token as t',
  webhook_key: 'select t.webhook_key from trigger as t where t.webhook_key is not null',
};

/** What is there now, at most fifty values for a name. */
export async function readKnownValues(installation: Installation): Promise<KnownValues> {
  const values = new Map<string, unknown[]>();
  for (const [key, statement] of Object.entries(SOURCES)) {
    const rows = await installation.rows<Record<string, unknown>>(`${statement} order by random() limit 50`);
    values.set(key, rows.flatMap((row) => Object.values(row)).map(asNumber));
  }
  return (key) => values.get(key) ?? [];
}

/** Ids come as text here. */
const asNumber = (value: unknown): unknown =>
  typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
