import { type AnyOperation } from '@attune/contract';
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
  execution: 'select x.id from execution as x',
  execution_id: 'select x.id from execution as x',
  enforcement_id: 'select n.id from enforcement as n',
  identity_id: 'select i.id from identity as i',
  assigned_to: 'select i.id from identity as i',
  token_id: 'select t.id from integration_token as t',
  webhook_key: 'select t.webhook_key from trigger as t where t.webhook_key is not null',
};

/** First part of a path below `/api/v1` → the statements of its `ref` and its `id`. */
const AREAS: Readonly<Record<string, { readonly ref?: string; readonly id?: string }>> = {
  packs: { ref: 'select p.ref from pack as p' },
  'pack-indices': { ref: 'select p.ref from pack as p', id: 'select p.id from pack_registry_index as p' },
  actions: { ref: 'select a.ref from action as a' },
  triggers: { ref: 'select t.ref from trigger as t' },
  sensors: { ref: 'select s.ref from sensor as s' },
  rules: { ref: 'select r.ref from rule as r' },
  runtimes: { ref: 'select r.ref from runtime as r' },
  workflows: { ref: 'select w.ref from workflow_definition as w' },
  keys: { ref: 'select k.ref from key as k' },
  events: { id: 'select e.id from event as e' },
  enforcements: { id: 'select n.id from enforcement as n' },
  executions: { id: 'select x.id from execution as x' },
  inquiries: { id: 'select i.id from inquiry as i' },
  workers: { id: 'select w.id from worker as w' },
  identities: {
    id: `select id from (
      select i.id from identity as i union all select r.id from identity_role_assignment as r) as people`,
  },
  permissions: {
    id: `select id from (
      select p.id from permission_set as p union all select a.id from permission_assignment as a
      union all select r.id from permission_set_role_assignment as r) as sets`,
  },
  'audit-events': { id: 'select a.id from audit_event as a' },
};

/** What an operation may be asked about. */
export type KnownValuesOf = (operation: AnyOperation) => KnownValues;

/** What is there now, at most fifty values for a name. */
export async function readKnownValues(installation: Installation): Promise<KnownValuesOf> {
  const read = async (statement: string | undefined): Promise<unknown[]> => {
    if (statement === undefined) return [];
    const rows = await installation.rows<Record<string, unknown>>(`${statement} order by random() limit 50`);
    return rows.flatMap((row) => Object.values(row)).map(asNumber);
  };
  const values = new Map<string, unknown[]>();
  for (const [key, statement] of Object.entries(SOURCES)) values.set(key, await read(statement));
  for (const [area, { ref, id }] of Object.entries(AREAS)) {
    values.set(`${area} ref`, await read(ref));
    values.set(`${area} id`, await read(id));
  }
  return (operation) => (key) => {
    const area = /^\/api\/v1\/([\w-]+)/.exec(operation.path)?.[1] ?? '';
    const isNew = key === 'ref' && !operation.path.includes('{ref}');
    const found = isNew ? newRefs(area) : (values.get(`${area} ${key}`) ?? values.get(key) ?? PLAIN_VALUES[key] ?? []);
    // Without the shipped packs and runtimes every later request would end at the same check.
    return operation.method === 'DELETE' ? found.filter((value) => !String(value).startsWith('core')) : found;
  };
}

/** What a body has to say in a certain way to get further. */
const PLAIN_VALUES: Readonly<Record<string, readonly unknown[]>> = {
  version: ['1.0.0', '2.1.0-beta.1'],
  label: ['Fuzz'],
  entrypoint: ['echo hello'],
  url: ['https://index.example.org/packs.json', 'http://127.0.0.1:1/'],
  definition: [{ tasks: [{ name: 'greet', action: 'core.echo' }] }],
  name: ['fuzz', 'other'],
  login: ['fuzz.maker-demo0', 'somebody'],
  permission_set_refs: ['standard'],
};

/** What something new may be called. Packs and keys have names of one part. */
const newRefs = (area: string): string[] =>
  Array.from({ length: 40 }, (_, n) => (area === 'packs' || n % 8 === 0 ? `fuzz${n}` : `fuzz.thing-${n}`));

/** Ids come as text here. */
const asNumber = (value: unknown): unknown =>
  typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
