import { createTestDatabase, type TestDatabase, testKinds } from '@attune/testing';
import { type DataSource } from 'typeorm';
import { type ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import { createDataSource } from '../database/data-source.js';
import { run } from '../database/run.js';
import { sql } from '../database/sql.js';
import * as enums from './enums.js';

interface CatalogColumn {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  readonly isNullable: boolean;
  readonly isArray: boolean;
  readonly isPrimary: boolean;
  readonly isGenerated: boolean;
  readonly hasDefault: boolean;
}

/** Tables without an entity: TypeORM's own, and those only the time-series layer itself reads and writes. */
const WITHOUT_ENTITY = /^(schema_migration|execution_history|worker_history|.*_hourly.*|rollup_.*|time_series_.*)$/;

describe.each(testKinds())('entities (%s)', (kind) => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await createTestDatabase({ kind });
    dataSource = await createDataSource({ url: database.url }).initialize();
  });

  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it('have every column of every table, with its type, nullability, key and default', async () => {
    const catalog = (await columnsOf(dataSource)).filter(({ table }) => !WITHOUT_ENTITY.test(table));
    const entities = dataSource.entityMetadatas.flatMap(({ columns }) => columns.map(asCatalogColumn));
    const order = (columns: CatalogColumn[]) =>
      columns.toSorted((a, b) => (`${a.table}.${a.column}` < `${b.table}.${b.column}` ? -1 : 1));
    expect(order(entities)).toEqual(order(catalog));
  });

  it('know exactly the values of the enums', async () => {
    const rows = await run<{ name: string; values: string[] }>(
      dataSource,
      sql`
      select t.typname as name, array_agg(e.enumlabel::text order by e.enumsortorder) as values
      from pg_type as t
      join pg_enum as e on e.enumtypid = t.oid
      where t.typnamespace = 'public'::regnamespace
      group by t.typname`,
    );
    const known = dataSource.entityMetadatas
      .flatMap(({ columns }) => columns)
      .filter((column) => column.type === 'enum')
      .map((column) => [column.enumName, column.enum] as const);
    expect(Object.fromEntries(known)).toEqual(Object.fromEntries(rows.map(({ name, values }) => [name, values])));
    expect(Object.keys(enums)).toHaveLength(rows.length);
  });
});

function asCatalogColumn(column: ColumnMetadata): CatalogColumn {
  return {
    table: column.entityMetadata.tableName,
    column: column.databaseName,
    type: column.type === 'enum' ? String(column.enumName) : String(column.type),
    isNullable: column.isNullable,
    isArray: column.isArray,
    isPrimary: column.isPrimary,
    isGenerated: column.isGenerated || !column.isInsert,
    hasDefault: column.default !== undefined,
  };
}

const columnsOf = (dataSource: DataSource): Promise<CatalogColumn[]> =>
  run<CatalogColumn>(
    dataSource,
    sql`
    select
      c.relname as "table", a.attname as "column",
      case
        when a.atttypid = 'timestamptz'::regtype then 'timestamptz'
        when t.typelem <> 0 and t.typcategory = 'A' then format_type(t.typelem, null)
        else format_type(a.atttypid, a.atttypmod)
      end as type,
      not a.attnotnull as "isNullable", t.typcategory = 'A' as "isArray",
      coalesce(a.attnum = any(i.indkey), false) as "isPrimary",
      a.attidentity <> '' or a.attgenerated <> '' as "isGenerated",
      a.atthasdef and a.attgenerated = '' as "hasDefault"
    from pg_class as c
    join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    join pg_type as t on t.oid = a.atttypid
    left join pg_index as i on i.indrelid = c.oid and i.indisprimary
    where
      c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and not exists (select from pg_depend as d where d.objid = c.oid and d.deptype = 'e')`,
  );
