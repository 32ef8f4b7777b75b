import { type DataSource } from 'typeorm';

/**
 * Everything the migrations made in a database, one line per object, sorted: columns, constraints, indexes, triggers,
 * functions, types, sequences, comments. Two databases with equal catalogs have equal schemas.
 */
export async function catalogOf(dataSource: DataSource): Promise<string[]> {
  const rows: { line: string }[] = await dataSource.query(CATALOG);
  return rows.map((row) => row.line);
}

/** What an extension brings, and TypeORM's own table, is none of ours. */
const CATALOG = `
  with
  ours as (
    select c.oid, c.relname, c.relkind
    from pg_class as c
    where c.relnamespace = 'public'::regnamespace
      and c.relname !~ '^schema_migration'
      and not exists (select from pg_depend as d where d.objid = c.oid and d.deptype = 'e')
  ),
  our_functions as (
    select p.oid, p.proname
    from pg_proc as p
    where p.pronamespace = 'public'::regnamespace
      and not exists (select from pg_depend as d where d.objid = p.oid and d.deptype = 'e')
  )
  select line
  from (
    select format(
      'column %s.%s %s %s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
      case when a.attnotnull then 'not null' else 'null' end, concat(a.attidentity, a.attgenerated),
      pg_get_expr(d.adbin, d.adrelid)
    ) as line
    from ours as c
    join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef as d on d.adrelid = c.oid and d.adnum = a.attnum
    where c.relkind in ('r', 'p', 'v')
    union all
    select format('constraint %s.%s %s', c.relname, k.conname, pg_get_constraintdef(k.oid))
    from ours as c
    join pg_constraint as k on k.conrelid = c.oid
    union all
    select pg_get_indexdef(i.indexrelid) from ours as c join pg_index as i on i.indrelid = c.oid
    union all
    select pg_get_triggerdef(t.oid) from ours as c join pg_trigger as t on t.tgrelid = c.oid where not t.tgisinternal
    union all
    select format('sequence %s %s', c.relname, (s.seqtypid, s.seqstart, s.seqmin, s.seqmax, s.seqcache, s.seqcycle))
    from ours as c
    join pg_sequence as s on s.seqrelid = c.oid
    union all
    select pg_get_functiondef(f.oid) from our_functions as f
    union all
    select format('enum %s %s %s', t.typname, e.enumsortorder, e.enumlabel)
    from pg_type as t
    join pg_enum as e on e.enumtypid = t.oid
    where t.typnamespace = 'public'::regnamespace
    union all
    -- By name: a column that was dropped and came back has another number.
    select format('comment %s.%s %s', c.relname, a.attname, d.description)
    from ours as c
    join pg_description as d on d.objoid = c.oid and d.classoid = 'pg_class'::regclass
    left join pg_attribute as a on a.attrelid = c.oid and a.attnum = d.objsubid and d.objsubid > 0
    union all
    select format('comment %s %s', f.proname, d.description)
    from our_functions as f
    join pg_description as d on d.objoid = f.oid and d.classoid = 'pg_proc'::regclass
  ) as catalog
  order by line collate "C"`;
