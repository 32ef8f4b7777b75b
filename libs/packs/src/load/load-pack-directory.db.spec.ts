import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createDataSource, execute, type OutgoingMessage, run, sql, type Sql } from '@attune/common';
import { createTestDatabase, type TestDatabase } from '@attune/testing';
import { type DataSource } from 'typeorm';
import { PackLoadError } from '../problem.js';
import { loadPackDirectory, type LoadPackOptions } from './load-pack-directory.js';

const shipped = join(import.meta.dirname, '../../../../packs');

let database: TestDatabase;
let db: DataSource;
let workspace: string;

beforeAll(async () => {
  database = await createTestDatabase({ migrated: true, kind: 'plain' });
  db = await createDataSource({ url: database.url }).initialize();
  workspace = await mkdtemp(join(tmpdir(), 'attune-packs-'));
  await loadPackDirectory(db, join(shipped, 'core'));
});

afterAll(async () => {
  await db.destroy();
  await database.drop();
  await rm(workspace, { recursive: true });
});

beforeEach(async () => {
  await execute(db, sql`delete from pack where ref <> 'core'`);
});

type Files = Readonly<Record<string, string>>;

const MANIFEST = 'ref: demo\nversion: 1.0.0\n';

/** Writes a pack into a new directory. Without a manifest of its own it is the pack `demo`. */
async function packOf(files: Files): Promise<string> {
  const written = { 'pack.yaml': MANIFEST, ...files };
  const ref = /^ref: (.*)$/m.exec(written['pack.yaml'])?.[1] ?? 'demo';
  const directory = join(workspace, randomUUID(), ref);
  for (const [path, text] of Object.entries(written)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  }
  return directory;
}

const load = async (files: Files, options?: LoadPackOptions): ReturnType<typeof loadPackDirectory> =>
  loadPackDirectory(db, await packOf(files), options);

async function rowOf<Row>(statement: Sql): Promise<Row> {
  const [row] = await run<Row>(db, statement);
  if (!row) throw new Error('no such row');
  return row;
}

/** What is wrong with a pack that must not load. */
async function problemsOf(files: Files): Promise<PackLoadError['problems']> {
  const error: unknown = await load(files).then(
    () => new Error('the pack was loaded'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof PackLoadError)) throw error;
  return error.problems;
}

/** Every stored row of the packs' tables with its `updated`, as one text that is equal only when nothing was touched. */
async function contentOfDatabase(): Promise<string> {
  const tables = [
    sql`pack`,
    sql`permission_set`,
    sql`runtime`,
    sql`runtime_version`,
    sql`trigger`,
    sql`action`,
    sql`rule`,
    sql`policy`,
  ];
  const texts = await Promise.all(
    tables.map((table) =>
      rowOf<{ content: string | null }>(
        sql`select string_agg(to_jsonb(t)::text || t.xmin, ' ' order by t.id) as content from ${table} as t`,
      ),
    ),
  );
  return texts.map(({ content }) => content ?? '').join('\n');
}

const WEBHOOK_KEY = `wh_${'0'.repeat(32)}`;
const ECHO = { 'actions/echo.yaml': 'ref: demo.echo\nentry_point: echo.sh\n', 'actions/echo.sh': 'echo\n' };
const DEPLOY = { 'triggers/deploy.yaml': 'ref: demo.deploy\n' };
const RULE = { 'rules/on.yaml': 'ref: demo.on\ntrigger_ref: deploy\naction_ref: echo\n' };

describe('the shipped packs', () => {
  it('load without warnings', async () => {
    const core = await loadPackDirectory(db, join(shipped, 'core'));
    const examples = await loadPackDirectory(db, join(shipped, 'examples'));
    expect(core.warnings).toEqual([]);
    expect(examples.warnings).toEqual([]);
    expect(examples.changes.action.written.length).toBeGreaterThanOrEqual(3);
  });

  it('bring runtimes with exactly one default version each', async () => {
    const versions = await run<{ runtime_ref: string; versions: string[]; defaults: string[] }>(
      db,
      sql`
      select
        v.runtime_ref,
        array_agg(v.version order by v.version) as versions,
        array_agg(v.version) filter (where v.is_default) as defaults
      from runtime_version as v
      group by v.runtime_ref
      order by v.runtime_ref`,
    );
    expect(versions).toEqual([
      { runtime_ref: 'core.nodejs', versions: ['18', '20', '22'], defaults: ['20'] },
      { runtime_ref: 'core.python', versions: ['3.11', '3.12', '3.13'], defaults: ['3.12'] },
    ]);
  });

  it('are not touched by a second load', async () => {
    const before = await contentOfDatabase();
    const { changed, created } = await loadPackDirectory(db, join(shipped, 'core'));
    expect({ changed, created }).toEqual({ changed: false, created: false });
    expect(await contentOfDatabase()).toBe(before);
  });
});

describe('loadPackDirectory', () => {
  it('writes every kind of component', async () => {
    const loaded = await load({
      ...ECHO,
      ...DEPLOY,
      ...RULE,
      'permission_sets/all.yaml': 'ref: demo.all\ngrants: [{ resource: packs, action: read }]\n',
      'runtimes/perl.yaml': 'ref: demo.perl\nversions: [{ version: "5.38" }]\n',
      'policies/one.yaml': 'ref: demo.one\naction: demo.echo\nthreshold: 1\n',
    });
    expect(loaded).toMatchObject({
      ref: 'demo',
      version: '1.0.0',
      created: true,
      changed: true,
      warnings: [],
      changes: {
        permission_set: { written: ['demo.all'], removed: [] },
        runtime: { written: ['demo.perl'], removed: [] },
        trigger: { written: ['demo.deploy'], removed: [] },
        action: { written: ['demo.echo'], removed: [] },
        rule: { written: ['demo.on'], removed: [] },
        policy: { written: ['demo.one'], removed: [] },
      },
    });
    const rule = await rowOf(sql`
      select a.ref as action, t.ref as trigger, rt.ref as runtime, r.is_adhoc, r.owner_identity, p.action = a.id as limited
      from rule as r
      join action as a on a.id = r.action
      join trigger as t on t.id = r.trigger
      join runtime as rt on rt.id = a.runtime
      join policy as p on p.ref = 'demo.one'
      where r.ref = 'demo.on'`);
    expect(rule).toEqual({
      action: 'demo.echo',
      trigger: 'demo.deploy',
      runtime: 'core.shell',
      is_adhoc: false,
      owner_identity: null,
      limited: true,
    });
  });

  it('changes only the rows whose file changed and never an id', async () => {
    const other = { 'actions/other.yaml': 'ref: demo.other\nentry_point: echo.sh\n' };
    const rows = (): Promise<unknown[]> =>
      run(
        db,
        sql`select a.id, a.xmin::text, a.timeout_seconds as timeout, a.tags from action as a where a.pack_ref = 'demo' order by a.ref`,
      );
    await load({ ...ECHO, ...other, 'actions/echo.yaml': `${ECHO['actions/echo.yaml']}timeout: 5\ntags: [a]\n` });
    const [echo, untouched] = await rows();
    // Both keys are gone from the file: what they set is cleared.
    const loaded = await load({ ...ECHO, ...other });
    expect(loaded.changes.action).toEqual({ written: ['demo.echo'], removed: [] });
    expect(await rows()).toEqual([
      { ...(echo as object), xmin: expect.any(String) as string, timeout: null, tags: [] },
      untouched,
    ]);
  });

  it('keeps what an operator decided', async () => {
    const manifest = (config: string): string => `${MANIFEST}config: ${config}\nmeta: { team: ops }\n`;
    const files = { ...ECHO, ...DEPLOY, ...RULE };
    await load(
      { ...files, 'pack.yaml': manifest('{ region: eu }') },
      { installation: { source_type: 'git', checksum: 'a' } },
    );
    await execute(db, sql`update pack set enabled = false, config = '{"region": "us", "own": 1}' where ref = 'demo'`);
    await execute(db, sql`update rule set enabled = false where ref = 'demo.on'`);
    await execute(
      db,
      sql`
      update trigger
      set enabled = false, webhook_enabled = true, webhook_key = ${WEBHOOK_KEY}, webhook_config = '{"hmac": {}}'
      where ref = 'demo.deploy'`,
    );
    await load({
      ...files,
      'pack.yaml': manifest('{ region: eu, colour: red }'),
      'triggers/deploy.yaml': 'ref: demo.deploy\nlabel: Changed\n',
      'rules/on.yaml': `${RULE['rules/on.yaml']}label: Changed\n`,
    });
    expect(await rowOf(sql`select p.enabled, p.config, p.meta from pack as p where p.ref = 'demo'`)).toEqual({
      enabled: false,
      config: { region: 'us', own: 1, colour: 'red' },
      meta: { team: 'ops', source_type: 'git', checksum: 'a' },
    });
    expect(await rowOf(sql`select r.enabled, r.label from rule as r where r.ref = 'demo.on'`)).toEqual({
      enabled: false,
      label: 'Changed',
    });
    expect(
      await rowOf(sql`
        select t.enabled, t.label, t.webhook_enabled, t.webhook_key, t.webhook_config
        from trigger as t where t.ref = 'demo.deploy'`),
    ).toEqual({
      enabled: false,
      label: 'Changed',
      webhook_enabled: true,
      webhook_key: WEBHOOK_KEY,
      webhook_config: { hmac: {} },
    });
  });

  it('removes what the pack brings no more, but nothing made over the API', async () => {
    await load({
      ...ECHO,
      ...DEPLOY,
      ...RULE,
      'permission_sets/all.yaml': 'ref: demo.all\ngrants: []\n',
      'runtimes/perl.yaml': 'ref: demo.perl\nversions: [{ version: "5.36", is_default: true }, { version: "5.38" }]\n',
      'policies/one.yaml': 'ref: demo.one\nthreshold: 1\n',
    });
    await execute(
      db,
      sql`
      insert into action (ref, pack, pack_ref, label, entrypoint, is_adhoc)
      select 'demo.adhoc', p.id, p.ref, 'Ad hoc', 'true', true from pack as p where p.ref = 'demo'`,
    );
    const kept = await load({
      'runtimes/perl.yaml': 'ref: demo.perl\nversions: [{ version: "5.38", is_default: true }]\n',
    });
    expect(kept.changes).toEqual({
      permission_set: { written: [], removed: ['demo.all'] },
      runtime: { written: ['demo.perl'], removed: [] },
      trigger: { written: [], removed: ['demo.deploy'] },
      action: { written: [], removed: ['demo.echo'] },
      rule: { written: [], removed: ['demo.on'] },
      policy: { written: [], removed: ['demo.one'] },
    });
    expect(await run(db, sql`select a.ref from action as a where a.pack_ref = 'demo'`)).toEqual([
      { ref: 'demo.adhoc' },
    ]);
    expect(
      await run(db, sql`select v.version, v.is_default from runtime_version as v where v.runtime_ref = 'demo.perl'`),
    ).toEqual([{ version: '5.38', is_default: true }]);
    expect((await load({})).changes.runtime).toEqual({ written: [], removed: ['demo.perl'] });
  });

  it('moves the mark of the default version in one load', async () => {
    const perl = (first: boolean): Files => ({
      'runtimes/perl.yaml': `ref: demo.perl\nversions: [{ version: "1", is_default: ${first} }, { version: "2", is_default: ${!first} }]\n`,
    });
    await load(perl(true));
    await load(perl(false));
    expect(
      await run(db, sql`select v.version from runtime_version as v where v.runtime_ref = 'demo.perl' and v.is_default`),
    ).toEqual([{ version: '2' }]);
  });

  it('takes a row over from the API and says so', async () => {
    await load({});
    await execute(
      db,
      sql`
      insert into action (ref, pack, pack_ref, label, entrypoint, is_adhoc)
      select 'demo.echo', p.id, p.ref, 'Ad hoc', 'true', true from pack as p where p.ref = 'demo'`,
    );
    const { warnings } = await load(ECHO);
    expect(warnings).toMatchObject([
      { ref: 'demo.echo', error: expect.stringContaining('made over the API') as string },
    ]);
    expect(await rowOf(sql`select a.is_adhoc, a.entrypoint from action as a where a.ref = 'demo.echo'`)).toEqual({
      is_adhoc: false,
      entrypoint: 'echo.sh',
    });
  });
});

describe('a pack with problems', () => {
  it('changes nothing and lists all of them, those of files and those of references', async () => {
    await load(ECHO);
    const before = await contentOfDatabase();
    const problems = await problemsOf({
      'pack.yaml': `${MANIFEST}label: Changed\n`,
      'triggers/bad.yaml': 'ref: demo.bad\nenabled: maybe\n',
      'actions/cobol.yaml': 'ref: demo.cobol\nrunner_type: cobol\n',
      'actions/missing.yaml': 'ref: demo.missing\nruntime_ref: core.missing\n',
    });
    expect(problems.map(({ file, line, key, error }) => [file, line, key, error])).toEqual([
      ['triggers/bad.yaml', 2, 'enabled', 'must be true or false, not text'],
      ['actions/cobol.yaml', 2, 'runner_type', "unknown runtime 'cobol'"],
      ['actions/missing.yaml', 2, 'runtime_ref', "unknown runtime 'core.missing'"],
    ]);
    expect(await contentOfDatabase()).toBe(before);
  });

  it('is refused when another pack owns one of its refs', async () => {
    await load({});
    await load({ 'pack.yaml': 'ref: other\nversion: 1.0.0\n' });
    await execute(
      db,
      sql`
      insert into trigger (ref, pack, pack_ref, label, is_adhoc)
      select 'demo.deploy', p.id, p.ref, 'Taken', true from pack as p where p.ref = 'other'`,
    );
    expect(await problemsOf(DEPLOY)).toMatchObject([
      { file: 'triggers/deploy.yaml', error: "already belongs to pack 'other'" },
    ]);
  });

  it('has an error that names the pack, the places and the status of a bad request', async () => {
    const error: unknown = await load({ 'triggers/bad.yaml': 'ref: demo.bad\nenabled: maybe\n' }).catch(
      (e: unknown) => e,
    );
    expect(error).toMatchObject({
      code: 'pack.bad_request',
      packRef: 'demo',
      message: "Pack 'demo' was not loaded: triggers/bad.yaml:2 enabled: must be true or false, not text",
      details: { problems: [{ file: 'triggers/bad.yaml', line: 2 }] },
    });
  });

  it('is refused in a directory where workers would not find it', async () => {
    const directory = await packOf({});
    const elsewhere = `${directory}-1.0`;
    await rename(directory, elsewhere);
    await expect(loadPackDirectory(db, elsewhere)).rejects.toThrow(
      "the directory of the pack is called 'demo-1.0' and has to be called 'demo'",
    );
  });

  it('leaves the transaction of its caller usable', async () => {
    const bad = await packOf({ 'triggers/bad.yaml': 'ref: demo.bad\nenabled: maybe\n' });
    const good = await packOf(DEPLOY);
    await db.transaction(async (transaction) => {
      await expect(loadPackDirectory(transaction, bad)).rejects.toThrow(PackLoadError);
      await loadPackDirectory(transaction, good);
    });
    expect(await run(db, sql`select t.ref from trigger as t where t.pack_ref = 'demo'`)).toEqual([
      { ref: 'demo.deploy' },
    ]);
  });

  it('goes with the transaction of its caller', async () => {
    const good = await packOf(DEPLOY);
    const undone = db.transaction(async (transaction) => {
      await loadPackDirectory(transaction, good);
      throw new Error('changed my mind');
    });
    await expect(undone).rejects.toThrow('changed my mind');
    expect(await run(db, sql`select p.ref from pack as p where p.ref = 'demo'`)).toEqual([]);
  });
});

describe('references', () => {
  it.each([
    ['runner_type: PERL5', 'an alias of an own runtime'],
    ['runner_type: Perl', 'the name of an own runtime'],
    ['runner_type: demo.perl', 'a ref as runner_type'],
    ['runtime_ref: demo.perl\nrunner_type: shell', 'a ref that wins over runner_type'],
  ])('finds the runtime for %j: %s', async (line) => {
    await load({
      'runtimes/perl.yaml': 'ref: demo.perl\naliases: [perl5]\n',
      'actions/one.yaml': `ref: demo.one\n${line}\n`,
    });
    expect(await rowOf(sql`select a.runtime_ref from action as a where a.ref = 'demo.one'`)).toEqual({
      runtime_ref: 'demo.perl',
    });
  });

  it('does not count a runtime that this load removes', async () => {
    await load({ 'runtimes/perl.yaml': 'ref: demo.perl\n' });
    const problems = await problemsOf({ 'actions/one.yaml': 'ref: demo.one\nruntime_ref: demo.perl\n' });
    expect(problems).toMatchObject([{ error: "unknown runtime 'demo.perl'" }]);
  });

  it('leaves a rule out whose action is unknown, and keeps the one stored before', async () => {
    await load({ ...ECHO, ...DEPLOY, ...RULE });
    const { warnings, changes } = await load({ ...DEPLOY, ...RULE });
    expect(warnings).toMatchObject([
      { file: 'rules/on.yaml', line: 3, key: 'action_ref', error: "unknown action 'demo.echo': the rule was left out" },
    ]);
    expect(changes.rule).toEqual({ written: [], removed: [] });
    expect(await rowOf(sql`select r.action, r.action_ref from rule as r where r.ref = 'demo.on'`)).toEqual({
      action: null,
      action_ref: 'demo.echo',
    });
  });

  it('warns of parameters that do not fit and of permission sets nobody has', async () => {
    const { warnings } = await load({
      ...DEPLOY,
      'rules/sleep.yaml': 'ref: sleep\ntrigger_ref: deploy\naction_ref: core.sleep\naction_params: { seconds: soon }\n',
      'rules/fits.yaml':
        "ref: fits\ntrigger_ref: deploy\naction_ref: core.sleep\naction_params: { seconds: '{{ event.payload.wait }}' }\n",
      'actions/one.yaml':
        'ref: demo.one\nentry_point: one.sh\ndefault_execution_permission_set_refs: [core.viewer, standard, core.none]\n',
      'actions/one.sh': '',
    });
    expect(warnings.map(({ ref, key, error }) => [ref, key, error])).toEqual([
      ['demo.sleep', 'action_params', expect.stringContaining("Invalid parameters for action 'core.sleep'")],
      ['demo.one', 'default_execution_permission_set_refs', "unknown permission set 'core.none'"],
    ]);
  });

  it('gives rules of other packs back the trigger and action of a pack that returns', async () => {
    await load({ ...ECHO, ...DEPLOY });
    await load({
      'pack.yaml': 'ref: other\nversion: 1.0.0\n',
      'rules/on.yaml': 'ref: other.on\ntrigger_ref: demo.deploy\naction_ref: demo.echo\n',
    });
    const attached = (): Promise<unknown> =>
      rowOf(sql`
        select r.trigger is not null as trigger, r.action is not null as action from rule as r where r.ref = 'other.on'`);
    await execute(db, sql`delete from pack where ref = 'demo'`);
    expect(await attached()).toEqual({ trigger: false, action: false });
    await load({ ...ECHO, ...DEPLOY });
    expect(await attached()).toEqual({ trigger: true, action: true });
  });
});

describe('messages', () => {
  async function messagesOf(files: Files): Promise<[topic: string, subject: unknown][]> {
    const sent: OutgoingMessage[] = [];
    await load(files, {
      publish: (_db, messages) => {
        sent.push(...messages);
        return Promise.resolve();
      },
    });
    return sent.map((message) => {
      const { payload } = message;
      return [
        message.topic,
        'trigger_ref' in payload ? payload.trigger_ref : 'pack_ref' in payload && payload.pack_ref,
      ];
    });
  }

  const moved = {
    'triggers/done.yaml': 'ref: demo.done\n',
    'rules/on.yaml': RULE['rules/on.yaml'].replace('deploy', 'done'),
  };

  it('tell of the pack each time and of rules only when they change', async () => {
    const files = { ...ECHO, ...DEPLOY, ...RULE };
    const registered = ['pack.registered', 'demo'];
    expect(await messagesOf(files)).toEqual([registered, ['rule.created', 'demo.deploy']]);
    expect(await messagesOf(files)).toEqual([registered]);
    const changed = { ...files, 'rules/on.yaml': `${RULE['rules/on.yaml']}trigger_params: { a: 1 }\n` };
    expect(await messagesOf(changed)).toEqual([registered, ['rule.updated', 'demo.deploy']]);
    expect(await messagesOf({ ...files, ...moved })).toEqual([
      registered,
      ['rule.disabled', 'demo.deploy'],
      ['rule.updated', 'demo.done'],
    ]);
    expect(await messagesOf({ ...ECHO, ...DEPLOY })).toEqual([registered, ['rule.deleted', 'demo.done']]);
  });

  it('name the runtimes the actions need', async () => {
    const sent: OutgoingMessage[] = [];
    const publish = (_db: unknown, messages: readonly OutgoingMessage[]): Promise<void> => {
      sent.push(...messages);
      return Promise.resolve();
    };
    await load(
      { ...ECHO, 'actions/node.yaml': 'ref: demo.node\nrunner_type: node\nentry_point: echo.sh\n' },
      { publish },
    );
    expect(sent[0]?.payload).toMatchObject({ version: '1.0.0', runtime_names: ['Node.js', 'Shell'] });
  });
});

describe('two loads at once', () => {
  it('of a pack that is new give one pack', async () => {
    const directory = await packOf({ ...ECHO, ...DEPLOY, ...RULE });
    const loaded = await Promise.all(Array.from({ length: 4 }, () => loadPackDirectory(db, directory)));
    expect(loaded.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(loaded.map(({ id }) => id)).size).toBe(1);
  });
});
