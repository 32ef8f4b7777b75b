/**
 * Triggers that announce changes with NOTIFY: one compact message per statement, however many rows it touched.
 *
 * A NOTIFY wakes and names; it never carries payloads, parameters, results or secrets. Who wants more reads the row.
 * The DDL is kept here, table by table, because a table that is converted (to a hypertable, to partitions) loses its
 * triggers and gets them again from the same text.
 */

/** A channel takes less than 8,000 bytes; the rest is room for what the server adds. */
const MAX_PAYLOAD_BYTES = 7_500;

interface NotifyTrigger {
  readonly table: string;
  /** Name of the trigger and of its function. */
  readonly name: string;
  readonly on: 'insert' | 'update';
  /** Body of the trigger function, or what it announces; sees `new_rows` and, on update, `old_rows`. */
  readonly body: string | readonly Announcement[];
}

/** One notification per distinct value, for consumers that only need to know whether it concerns them. */
const wake = (channel: string, column: string): string => `
        perform pg_notify('${channel}', woken.target)
        from (
          select distinct n.${column}::text as target
          from new_rows as n
          where n.available_at <= clock_timestamp()
        ) as woken;`;

/** One notification with an array of objects, in the order of the ids. Nulls are left out. */
const announce = (channel: string, fields: readonly Field[], from: string): Announcement => ({ channel, fields, from });

/** A member of an announced object. */
interface Field {
  readonly name: string;
  readonly value: string;
}

interface Announcement {
  readonly channel: string;
  readonly fields: readonly Field[];
  readonly from: string;
}

/** How an announcement is put together: the first version built JSON objects, the second one joins texts. */
type Writer = (announcement: Announcement) => string;

const byObjects: Writer = ({ channel, fields, from }) => `
        perform notify_batch('${channel}', array(
          select json_strip_nulls(json_build_object(${fields.map(({ name, value }) => `'${name}', ${value}`).join(', ')}))::text
          from ${from}
          order by n.id
        ));`;

const byTexts: Writer = ({ channel, fields, from }) => `
        perform notify_batch('${channel}', array(
          select '{' || concat_ws(',', ${fields.map(({ name, value }) => `'"${name}":' || to_json(${value})::text`).join(', ')}) || '}'
          from ${from}
          order by n.id
        ));`;

const CREATED = 'new_rows as n';
/**
 * Old and new rows side by side. Both hold the same ids, so a full join gives what an inner one would; but it cannot be
 * planned as a nested loop, which the cached plan of the first one-row statement would impose on a statement of
 * thousands (50 ms instead of 4 ms for 1,000 rows).
 */
const CHANGED = 'new_rows as n full join old_rows as o on o.id = n.id';
const STATUS_CHANGED = `${CHANGED} where n.status is distinct from o.status`;

const field = (name: string): Field => ({ name, value: `n.${name}` });
const OLD_STATUS: Field = { name: 'old_status', value: 'o.status' };

const EXECUTION = ['id', 'action_ref', 'status', 'parent', 'enforcement', 'rule_ref', 'trigger_ref'].map(field);
const EVENT = ['id', 'trigger_ref', 'source_ref', 'rule_ref'].map(field);
const ENFORCEMENT = ['id', 'rule_ref', 'trigger_ref', 'event', 'status'].map(field);
const INQUIRY = ['id', 'execution', 'status'].map(field);
const WORKFLOW_EXECUTION = ['id', 'execution', 'status'].map(field);
const ARTIFACT = ['id', 'ref', 'type', 'visibility', 'scope', 'owner'].map(field);
const NOTIFICATION = ['id', 'entity_type', 'entity_id', 'user_id'].map(field);

const inquiryBecame = (status: string): string => `${STATUS_CHANGED} and n.status = '${status}'`;

const TRIGGERS: readonly NotifyTrigger[] = [
  { table: 'outbox_message', name: 'outbox_message_notify', on: 'insert', body: wake('attune_outbox', 'queue') },
  { table: 'dispatch', name: 'dispatch_notify', on: 'insert', body: wake('attune_dispatch', 'worker') },
  {
    table: 'execution',
    name: 'execution_notify_created',
    on: 'insert',
    body: [announce('execution_created', EXECUTION, CREATED)],
  },
  {
    table: 'execution',
    name: 'execution_notify_status',
    on: 'update',
    body: [announce('execution_status_changed', [...EXECUTION, OLD_STATUS], STATUS_CHANGED)],
  },
  { table: 'event', name: 'event_notify_created', on: 'insert', body: [announce('event_created', EVENT, CREATED)] },
  {
    table: 'enforcement',
    name: 'enforcement_notify_created',
    on: 'insert',
    body: [announce('enforcement_created', ENFORCEMENT, CREATED)],
  },
  {
    table: 'enforcement',
    name: 'enforcement_notify_status',
    on: 'update',
    body: [announce('enforcement_status_changed', [...ENFORCEMENT, OLD_STATUS], STATUS_CHANGED)],
  },
  {
    table: 'inquiry',
    name: 'inquiry_notify_created',
    on: 'insert',
    body: [announce('inquiry_created', INQUIRY, CREATED)],
  },
  {
    table: 'inquiry',
    name: 'inquiry_notify_status',
    on: 'update',
    body: [
      announce('inquiry_responded', INQUIRY, inquiryBecame('responded')),
      announce('inquiry_timeout', INQUIRY, inquiryBecame('timeout')),
    ],
  },
  {
    table: 'workflow_execution',
    name: 'workflow_execution_notify_status',
    on: 'update',
    body: [announce('workflow_execution_status_changed', [...WORKFLOW_EXECUTION, OLD_STATUS], STATUS_CHANGED)],
  },
  {
    table: 'artifact',
    name: 'artifact_notify_created',
    on: 'insert',
    body: [announce('artifact_created', ARTIFACT, CREATED)],
  },
  {
    table: 'artifact',
    name: 'artifact_notify_updated',
    on: 'update',
    body: [announce('artifact_updated', ARTIFACT, `${CHANGED} where n.* is distinct from o.*`)],
  },
  {
    table: 'notification',
    name: 'notification_notify_created',
    on: 'insert',
    body: [announce('attune_notifications', NOTIFICATION, CREATED)],
  },
];

/** Tables that announce something. */
export const NOTIFYING_TABLES: readonly string[] = [...new Set(TRIGGERS.map((trigger) => trigger.table))];

/** The functions behind the triggers. They do not depend on what kind of relation the table is. */
export function createNotifyFunctions(): string[] {
  return [NOTIFY_BATCH, ...TRIGGERS.map((trigger) => triggerFunction(trigger, byObjects))];
}

/** The same functions, replaced by their faster second version; `false` takes the first one back. */
export function replaceNotifyFunctions(isSecond: boolean): string[] {
  const functions = isSecond
    ? [NOTIFY_BATCH_BY_SIZE, ...TRIGGERS.map((trigger) => triggerFunction(trigger, byTexts))]
    : createNotifyFunctions();
  return functions.map((text) => text.replace('create function', 'create or replace function'));
}

/** The function behind all of them replaced by its third version; `false` takes the second one back. */
export function replaceNotifyBatch(isThird: boolean): string {
  const text = isThird ? NOTIFY_BATCH_BY_SIZE.replace(BEGIN, BEGIN + NOTIFY_ONE) : NOTIFY_BATCH_BY_SIZE;
  return text.replace('create function', 'create or replace function');
}

export function dropNotifyFunctions(): string[] {
  return [...TRIGGERS.map(({ name }) => `drop function ${name}()`), `drop function notify_batch(text, text[])`];
}

/** Attaches the notify triggers of one table; none when it announces nothing. */
export function createNotifyTriggers(table: string): string[] {
  return triggersOf(table).map(
    ({ name, on }) => `
    create trigger ${name}
      after ${on} on ${table}
      referencing ${on === 'update' ? 'old table as old_rows ' : ''}new table as new_rows
      for each statement
      execute function ${name}()`,
  );
}

export function dropNotifyTriggers(table: string): string[] {
  return triggersOf(table).map(({ name }) => `drop trigger ${name} on ${table}`);
}

const triggersOf = (table: string): readonly NotifyTrigger[] => TRIGGERS.filter((trigger) => trigger.table === table);

const triggerFunction = ({ name, body }: NotifyTrigger, write: Writer): string => `
      create function ${name}() returns trigger
      language plpgsql
      as $$
      begin${typeof body === 'string' ? body : body.map(write).join('')}
        return null;
      end
      $$`;

/** An item that does not fit on its own (a ref of thousands of characters) is cut down to its id. */
const NOTIFY_BATCH = `
      create function notify_batch(channel text, items text[]) returns void
      language plpgsql
      as $$
      declare
        item text;
        batch text := '';
      begin
        foreach item in array items loop
          if octet_length(item) > ${MAX_PAYLOAD_BYTES} - 2 then
            item := json_build_object('id', item::json -> 'id')::text;
          end if;
          if batch <> '' and octet_length(batch) + octet_length(item) > ${MAX_PAYLOAD_BYTES} - 3 then
            perform pg_notify(channel, '[' || batch || ']');
            batch := '';
          end if;
          batch := batch || case when batch = '' then '' else ',' end || item;
        end loop;
        if batch <> '' then
          perform pg_notify(channel, '[' || batch || ']');
        end if;
      end
      $$`;

/** An object larger than this is cut down to its id: four refs of 255 characters have room. */
const MAX_ITEM_BYTES = 1_500;
/** Running size of what begins in one notification; its last item may reach beyond. */
const SLOT_BYTES = MAX_PAYLOAD_BYTES - MAX_ITEM_BYTES - 100;

/**
 * The same without a loop: items are cut into slots by their running size. Four times as fast for 500 items.
 */
const NOTIFY_BATCH_BY_SIZE = `
      create function notify_batch(channel text, items text[]) returns void
      language plpgsql
      as $$
      begin
        perform pg_notify(channel, '[' || s.batch || ']')
        from (
          select string_agg(p.item, ',' order by p.position) as batch
          from (
            select f.item, f.position,
              (sum(octet_length(f.item) + 1) over (order by f.position) - octet_length(f.item) - 1) / ${SLOT_BYTES} as slot
            from (
              select i.position,
                case
                  when octet_length(i.item) > ${MAX_ITEM_BYTES} then json_build_object('id', i.item::json -> 'id')::text
                  else i.item
                end as item
              from unnest(items) with ordinality as i (item, position)
            ) as f
          ) as p
          group by p.slot
          order by p.slot
        ) as s;
      end
      $$`;

const BEGIN = `
      begin
`;

/** One item, as most statements on an idle system have: the query for many would cost them 0.08 ms. */
const NOTIFY_ONE = `        if cardinality(items) = 1 and octet_length(items[1]) <= ${MAX_ITEM_BYTES} then
          perform pg_notify(channel, '[' || items[1] || ']');
          return;
        end if;
`;
