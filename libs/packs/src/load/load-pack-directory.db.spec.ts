import { execute, sql } from '@attune/common';
import { DEPLOY, ECHO, type Files, MANIFEST, PackWorkspace, RULE, shippedPack } from '../../testing/pack-workspace.js';
import { loadPackDirectory } from './load-pack-directory.js';

let packs: PackWorkspace;

beforeAll(async () => {
  packs = await PackWorkspace.open();
});

afterAll(() => packs.close());

beforeEach(() => packs.clear());

const WEBHOOK_KEY = `wh_${'0'.repeat(32)}`;

describe('the shipped packs', () => {
  it('load without warnings', async () => {
    const core = await loadPackDirectory(packs.db, shippedPack('core'));
    const examples = await loadPackDirectory(packs.db, shippedPack('examples'));
    expect(core.warnings).toEqual([]);
    expect(examples.warnings).toEqual([]);
    expect(examples.changes.action.written.length).toBeGreaterThanOrEqual(3);
  });

  it('bring what everything else stands on', async () => {
    const [core] = await packs.rows<Record<string, unknown>>(sql`
      select
        (select array_agg(s.ref order by s.ref) from permission_set as s where s.pack_ref = 'core') as sets,
        (select array_agg(t.ref order by t.ref) from trigger as t where t.pack_ref = 'core') as triggers,
        (select array_agg(a.ref order by a.ref) from action as a where a.pack_ref = 'core') as actions,
        (select array_agg(r.ref order by r.ref) from runtime as r where r.pack_ref = 'core') as runtimes,
        (select p.is_standard from pack as p where p.ref = 'core') as standard`);
    const timers = ['core.crontimer', 'core.datetimetimer', 'core.intervaltimer', 'core.rruletimer'];
    expect(core).toEqual({
      sets: ['core.admin', 'core.editor', 'core.executor', 'core.viewer'],
      triggers: ['core.alert', ...timers, 'core.queue_empty', 'core.queue_started'].sort(),
      actions: ['core.echo', 'core.http_request', 'core.noop', 'core.sleep'],
      runtimes: ['core.native', 'core.nodejs', 'core.python', 'core.shell'],
      standard: true,
    });
  });

  it('bring runtimes with exactly one default version each', async () => {
    const versions = await packs.rows<{ runtime_ref: string; versions: string[]; defaults: string[] }>(sql`
      select
        v.runtime_ref,
        array_agg(v.version order by v.version) as versions,
        array_agg(v.version) filter (where v.is_default) as defaults
      from runtime_version as v
      group by v.runtime_ref
      order by v.runtime_ref`);
    expect(versions).toEqual([
      { runtime_ref: 'core.nodejs', versions: ['18', '20', '22'], defaults: ['20'] },
      { runtime_ref: 'core.python', versions: ['3.11', '3.12', '3.13'], defaults: ['3.12'] },
    ]);
  });

  it('are not touched by a second load', async () => {
    const before = await packs.content();
    expect(before).toContain('core.echo');
    const { changed, created } = await loadPackDirectory(packs.db, shippedPack('core'));
    expect({ changed, created }).toEqual({ changed: false, created: false });
    expect(await packs.content()).toBe(before);
  });
});

describe('loadPackDirectory', () => {
  it('writes every kind of component', async () => {
    const loaded = await packs.load({
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
    const rule = await packs.row(sql`
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
      packs.rows(
        sql`select a.id, a.xmin::text, a.timeout_seconds as timeout, a.tags from action as a where a.pack_ref = 'demo' order by a.ref`,
      );
    await packs.load({ ...ECHO, ...other, 'actions/echo.yaml': `${ECHO['actions/echo.yaml']}timeout: 5\ntags: [a]\n` });
    const [echo, untouched] = await rows();
    // Both keys are gone from the file: what they set is cleared.
    const loaded = await packs.load({ ...ECHO, ...other });
    expect(loaded.changes.action).toEqual({ written: ['demo.echo'], removed: [] });
    expect(await rows()).toEqual([
      { ...(echo as object), xmin: expect.any(String) as string, timeout: null, tags: [] },
      untouched,
    ]);
  });

  it('keeps what an operator decided', async () => {
    const manifest = (config: string): string => `${MANIFEST}config: ${config}\nmeta: { team: ops }\n`;
    const files = { ...ECHO, ...DEPLOY, ...RULE };
    await packs.load(
      { ...files, 'pack.yaml': manifest('{ region: eu }') },
      { installation: { source_type: 'git', checksum: 'a' } },
    );
    await execute(
      packs.db,
      sql`update pack set enabled = false, config = '{"region": "us", "own": 1}' where ref = 'demo'`,
    );
    await execute(packs.db, sql`update rule set enabled = false where ref = 'demo.on'`);
    await execute(
      packs.db,
      sql`
      update trigger
      set enabled = false, webhook_enabled = true, webhook_key = ${WEBHOOK_KEY}, webhook_config = '{"hmac": {}}'
      where ref = 'demo.deploy'`,
    );
    await packs.load({
      ...files,
      'pack.yaml': manifest('{ region: eu, colour: red }'),
      'triggers/deploy.yaml': 'ref: demo.deploy\nlabel: Changed\n',
      'rules/on.yaml': `${RULE['rules/on.yaml']}label: Changed\n`,
    });
    expect(await packs.row(sql`select p.enabled, p.config, p.meta from pack as p where p.ref = 'demo'`)).toEqual({
      enabled: false,
      config: { region: 'us', own: 1, colour: 'red' },
      meta: { team: 'ops', source_type: 'git', checksum: 'a' },
    });
    expect(await packs.row(sql`select r.enabled, r.label from rule as r where r.ref = 'demo.on'`)).toEqual({
      enabled: false,
      label: 'Changed',
    });
    expect(
      await packs.row(sql`
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
    await packs.load({
      ...ECHO,
      ...DEPLOY,
      ...RULE,
      'permission_sets/all.yaml': 'ref: demo.all\ngrants: []\n',
      'runtimes/perl.yaml': 'ref: demo.perl\nversions: [{ version: "5.36", is_default: true }, { version: "5.38" }]\n',
      'policies/one.yaml': 'ref: demo.one\nthreshold: 1\n',
    });
    await execute(
      packs.db,
      sql`
      insert into action (ref, pack, pack_ref, label, entrypoint, is_adhoc)
      select 'demo.adhoc', p.id, p.ref, 'Ad hoc', 'true', true from pack as p where p.ref = 'demo'`,
    );
    const kept = await packs.load({
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
    expect(await packs.rows(sql`select a.ref from action as a where a.pack_ref = 'demo'`)).toEqual([
      { ref: 'demo.adhoc' },
    ]);
    expect(
      await packs.rows(sql`select v.version, v.is_default from runtime_version as v where v.runtime_ref = 'demo.perl'`),
    ).toEqual([{ version: '5.38', is_default: true }]);
    expect((await packs.load({})).changes.runtime).toEqual({ written: [], removed: ['demo.perl'] });
  });

  it('moves the mark of the default version in one load', async () => {
    const perl = (first: boolean): Files => ({
      'runtimes/perl.yaml': `ref: demo.perl\nversions: [{ version: "1", is_default: ${first} }, { version: "2", is_default: ${!first} }]\n`,
    });
    await packs.load(perl(true));
    await packs.load(perl(false));
    expect(
      await packs.rows(
        sql`select v.version from runtime_version as v where v.runtime_ref = 'demo.perl' and v.is_default`,
      ),
    ).toEqual([{ version: '2' }]);
  });

  it('takes a row over from the API and says so', async () => {
    await packs.load({});
    await execute(
      packs.db,
      sql`
      insert into action (ref, pack, pack_ref, label, entrypoint, is_adhoc)
      select 'demo.echo', p.id, p.ref, 'Ad hoc', 'true', true from pack as p where p.ref = 'demo'`,
    );
    const { warnings } = await packs.load(ECHO);
    expect(warnings).toMatchObject([
      { ref: 'demo.echo', error: expect.stringContaining('made over the API') as string },
    ]);
    expect(await packs.row(sql`select a.is_adhoc, a.entrypoint from action as a where a.ref = 'demo.echo'`)).toEqual({
      is_adhoc: false,
      entrypoint: 'echo.sh',
    });
  });
});

describe('two loads at once', () => {
  it('of a pack that is new give one pack', async () => {
    const directory = await packs.write({ ...ECHO, ...DEPLOY, ...RULE });
    const loaded = await Promise.all(Array.from({ length: 4 }, () => loadPackDirectory(packs.db, directory)));
    expect(loaded.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(loaded.map(({ id }) => id)).size).toBe(1);
  });
});
