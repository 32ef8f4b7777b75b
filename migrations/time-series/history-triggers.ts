/** A column whose changes are recorded. `digest`: large or possibly secret JSON, of which only a fingerprint is kept. */
export interface RecordedColumn {
  readonly name: string;
  readonly digest?: true;
}

export interface RecordedTable {
  readonly name: 'execution' | 'worker';
  /** Becomes `entity_ref`: the lasting name. */
  readonly ref: string;
  /** Columns that may change. One that is not named here changes without a trace. */
  readonly mutable: readonly RecordedColumn[];
  /** What is recorded of a new row. */
  readonly initial: readonly RecordedColumn[];
}

/** What is told about an execution. `updated` says nothing by itself. */
export const RECORDED_EXECUTION: RecordedTable = {
  name: 'execution',
  ref: 'action_ref',
  mutable: [
    { name: 'status' },
    { name: 'worker' },
    { name: 'started_at' },
    { name: 'result', digest: true },
    { name: 'retry_count' },
    { name: 'retry_reason' },
    { name: 'executor' },
    { name: 'workflow_def' },
    { name: 'workflow_task', digest: true },
    { name: 'config', digest: true },
    { name: 'env_vars', digest: true },
  ],
  initial: [
    { name: 'status' },
    { name: 'worker' },
    { name: 'executor' },
    { name: 'parent' },
    { name: 'original_execution' },
    { name: 'enforcement' },
    { name: 'rule_ref' },
    { name: 'config', digest: true },
  ],
};

/**
 * What is told about a worker. A heartbeat writes `last_heartbeat`, `capabilities` and `meta` (load, free slots), so those
 * are left out: they would make a row every few seconds and hide the changes somebody looks for.
 */
export const RECORDED_WORKER: RecordedTable = {
  name: 'worker',
  ref: 'name',
  mutable: [
    { name: 'status' },
    { name: 'worker_type' },
    { name: 'worker_role' },
    { name: 'host' },
    { name: 'port' },
    { name: 'labels' },
    { name: 'taints' },
    { name: 'cordoned' },
    { name: 'cordon_reason' },
    { name: 'cordoned_by' },
  ],
  initial: [
    { name: 'status' },
    { name: 'worker_type' },
    { name: 'worker_role' },
    { name: 'host' },
    { name: 'port' },
    { name: 'cordoned' },
  ],
};

/** `{digest, size, type}` of a JSON value, so that history never holds large or secret values. Null stays null. */
export const HISTORY_DIGEST_FUNCTION = `
  create function history_digest(value jsonb) returns jsonb
  language plpgsql
  immutable strict parallel safe
  as $$
  declare
    printed text := value::text; -- once: it may be megabytes
  begin
    return jsonb_build_object(
      'digest', 'md5:' || md5(printed), 'size', octet_length(printed), 'type', jsonb_typeof(value));
  end
  $$`;

/**
 * The function behind the three history triggers of a table. A statement that inserts or updates makes one insert, however
 * many rows it changed; an update that changed nothing recorded makes none.
 *
 * `full join` although inner would do: it can only be run as a hash or merge join. The plan of this statement is kept for
 * the session, and a nested loop chosen for a one-row update would compare 500 × 500 rows in the next one.
 * `clock_timestamp()`, not `now()`: several changes in one transaction keep their order.
 */
export function historyFunction(table: RecordedTable): string {
  const history = `${table.name}_history`;
  const columns = `time, operation, entity_id, entity_ref, changed_fields, old_values, new_values`;
  return `
  create function record_${history}() returns trigger
  language plpgsql
  as $$
  begin
    case tg_op
      when 'INSERT' then
        insert into ${history} (${columns})
        select clock_timestamp(), 'INSERT', n.id, n.${table.ref}, '{}', null,
          ${presentValues('n', table.initial)}
        from new_rows as n;
      when 'UPDATE' then
        insert into ${history} (${columns})
        select clock_timestamp(), 'UPDATE', d.id, d.ref, d.changed,
          ${changedValues('old', table.mutable)},
          ${changedValues('new', table.mutable)}
        from (
          select n.id, n.${table.ref} as ref,
            array_remove(array[
              ${table.mutable.map(({ name }) => `case when o.${name} is distinct from n.${name} then '${name}' end`)
                .join(`,
              `)}
            ], null) as changed,
            ${table.mutable.map(({ name }) => `o.${name} as old_${name}, n.${name} as new_${name}`).join(`,
            `)}
          from old_rows as o full join new_rows as n on n.id = o.id
          offset 0 -- a fence: without it the comparisons are repeated for each use of "changed"
        ) as d
        where d.changed <> '{}';
      when 'DELETE' then
        insert into ${history} (${columns})
        values (clock_timestamp(), 'DELETE', old.id, old.${table.ref}, '{}',
          ${presentValues('old', table.mutable)}, null);
    end case;
    return null;
  end
  $$`;
}

/**
 * The three triggers. Transition tables allow neither one trigger for several events nor a list of columns. Deletes go row
 * by row: TimescaleDB refuses their transition tables once the columnstore is on, and nothing deletes these rows in bulk
 * (retention drops whole chunks, of which history tells nothing).
 */
export function historyTriggers(table: RecordedTable): readonly string[] {
  const trigger = (event: string, rows: string): string => `
    create trigger ${table.name}_history_${event}
      after ${event} on ${table.name}
      ${rows}
      execute function record_${table.name}_history()`;
  return [
    trigger('insert', 'referencing new table as new_rows for each statement'),
    trigger('update', 'referencing old table as old_rows new table as new_rows for each statement'),
    trigger('delete', 'for each row'),
  ];
}

/** `{"name": value}`; the digest of a value when the column asks for one. */
const member = (column: RecordedColumn, value: string): string =>
  `jsonb_build_object('${column.name}', ${column.digest ? `history_digest(${value})` : value})`;

/**
 * One object of those columns that meet a condition. Joined member by member: building all of them and taking away the
 * others is ten times as slow, because most updates change one or two columns.
 */
const objectOf = (columns: readonly RecordedColumn[], condition: (name: string) => string, prefix: string): string =>
  columns.map(
    (column) => `case when ${condition(column.name)} then ${member(column, prefix + column.name)} else '{}' end`,
  ).join(`
            || `);

const presentValues = (row: 'n' | 'old', columns: readonly RecordedColumn[]): string =>
  objectOf(columns, (name) => `${row}.${name} is not null`, `${row}.`);

const changedValues = (side: 'old' | 'new', columns: readonly RecordedColumn[]): string =>
  objectOf(columns, (name) => `'${name}' = any (d.changed)`, `d.${side}_`);
