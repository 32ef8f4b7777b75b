import { createDataSource, run, sql, type Sql } from '@attune/common';
import { createTestDatabase, type TestDatabase } from '@attune/testing';
import fc from 'fast-check';
import { type DataSource } from 'typeorm';
import { type Fact, type FactColumns, toSql } from './condition.js';
import { allows, conditionOf, type Permission, readGrants, type Target } from './grants.js';

/** Few values, so that grants and rows meet often. */
const refs = fc.constantFrom('a', 'b', "it's", 'x_y');
const ids = fc.constantFrom(1, 2, 3);
const ownerTypes = fc.constantFrom('system', 'identity', 'pack');
const visibilities = fc.constantFrom('public', 'private');
const few = <T>(values: fc.Arbitrary<T>) => fc.array(values, { maxLength: 2 });
const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { freq: 1 });

const constraints = fc.record(
  {
    pack_refs: maybe(few(refs)),
    refs: maybe(few(refs)),
    ids: maybe(few(ids)),
    owner: maybe(fc.constantFrom('self', 'any', 'none')),
    owner_types: maybe(few(ownerTypes)),
    owner_refs: maybe(few(refs)),
    visibility: maybe(few(visibilities)),
    encrypted: maybe(fc.boolean()),
    execution_scope: maybe(fc.constantFrom('self', 'descendants', 'any')),
    attributes: maybe(fc.constantFrom({}, { team: 'ops' }, { team: 'dev' })),
  },
  { requiredKeys: [] },
);

const RESOURCES = ['packs', 'keys', 'artifacts', 'executions', 'rules'] as const;
const grant = fc.record(
  {
    resource: fc.constantFrom(...RESOURCES),
    actions: few(fc.constantFrom('read', 'update')),
    constraints: maybe(constraints),
  },
  { requiredKeys: ['resource', 'actions'] },
);

const rows = fc.array(
  fc.record({
    id: ids,
    ref: refs,
    packRef: fc.option(refs),
    owner: fc.option(ids),
    ownerType: ownerTypes,
    ownerRef: fc.option(refs),
    visibility: visibilities,
    encrypted: fc.boolean(),
    executor: fc.option(ids),
    ancestorExecutors: few(fc.option(ids)),
  }),
  { minLength: 1, maxLength: 20 },
);

const COLUMNS: Readonly<Record<Fact, Sql>> = {
  id: sql`t.id`,
  ref: sql`t.ref`,
  packRef: sql`t.pack_ref`,
  owner: sql`t.owner`,
  ownerType: sql`t.owner_type::text`,
  ownerRef: sql`t.owner_ref`,
  visibility: sql`t.visibility::text`,
  encrypted: sql`t.encrypted`,
  executor: sql`t.executor`,
  ancestorExecutors: sql`t.ancestor_executors`,
};
const FACTS = Object.keys(COLUMNS) as Fact[];

const SUBJECT = { identityId: 1, attributes: { team: 'ops' } };

describe('the condition on rows', () => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await createDataSource({ url: database.url }).initialize();
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const kept = async (given: readonly Target[], condition: Sql): Promise<number[]> => {
    const found = await run<{ position: number }>(
      dataSource,
      sql`
      select t.position - 1 as position
      from rows from (
        jsonb_to_recordset(${JSON.stringify(given)}::jsonb) as (
          id bigint, ref text, "packRef" text, owner bigint, "ownerType" owner_type, "ownerRef" text,
          visibility artifact_visibility, encrypted boolean, executor bigint, "ancestorExecutors" bigint[]
        )
      ) with ordinality as t (
        id, ref, pack_ref, owner, owner_type, owner_ref, visibility, encrypted, executor, ancestor_executors, position
      )
      where ${condition}
      order by t.position`,
    );
    return found.map(({ position }) => position);
  };

  it('keeps exactly those that a grant allows, whatever the list has columns for', async () => {
    const pairs = { kept: 0, left: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.array(grant, { maxLength: 4 }),
        rows,
        fc.constantFrom(...RESOURCES),
        fc.subarray(FACTS, { minLength: 4 }),
        async (stored, given, resource, known) => {
          const grants = readGrants(stored);
          const permission: Permission = `${resource}:read`;
          const seen = given.map(
            (row) => Object.fromEntries(Object.entries(row).filter(([fact]) => known.includes(fact as Fact))) as Target,
          );
          const allowed = seen.flatMap((row, index) => (allows(grants, permission, row, SUBJECT) ? [index] : []));
          const columns: FactColumns = Object.fromEntries(known.map((fact) => [fact, COLUMNS[fact]]));
          expect(await kept(given as Target[], toSql(conditionOf(grants, permission, SUBJECT), columns))).toEqual(
            allowed,
          );
          pairs.kept += allowed.length;
          pairs.left += given.length - allowed.length;
        },
      ),
      { numRuns: 1_000 },
    );
    expect(Math.min(pairs.kept, pairs.left)).toBeGreaterThan(500); // else it would have compared nothing
  });
});
