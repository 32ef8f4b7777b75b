import { rename } from 'node:fs/promises';
import { execute, sql } from '@attune/common';
import { DEPLOY, ECHO, MANIFEST, PackWorkspace, RULE } from '../../testing/pack-workspace.js';
import { PackLoadError } from '../problem.js';
import { loadPackDirectory } from './load-pack-directory.js';

let packs: PackWorkspace;

beforeAll(async () => {
  packs = await PackWorkspace.open();
});

afterAll(() => packs.close());

beforeEach(() => packs.clear());

describe('a pack with problems', () => {
  it('changes nothing and lists all of them, those of files and those of references', async () => {
    await packs.load(ECHO);
    const before = await packs.content();
    const problems = await packs.problemsOf({
      'pack.yaml': `${MANIFEST}label: Changed\n`,
      'triggers/bad.yaml': 'ref: demo.bad\nenabled: maybe\n',
      'actions/cobol.yaml': 'ref: demo.cobol\nrunner_type: cobol\n',
      'actions/missing.yaml': 'ref: demo.missing\nruntime_ref: core.missing\n',
      'actions/warm.yaml': 'ref: demo.warm\nrunner_type: shell\ninvocation: function\n',
    });
    expect(problems.map(({ file, line, key, error }) => [file, line, key, error])).toEqual([
      ['triggers/bad.yaml', 2, 'enabled', 'must be true or false, not text'],
      ['actions/cobol.yaml', 2, 'runner_type', "unknown runtime 'cobol'"],
      ['actions/missing.yaml', 2, 'runtime_ref', "unknown runtime 'core.missing'"],
      ['actions/warm.yaml', 3, 'invocation', "a function takes Node.js or Python, not the runtime 'core.shell'"],
    ]);
    expect(await packs.content()).toBe(before);
  });

  it('has none when its functions are in a language of functions, whatever their runtime is called', async () => {
    await packs.load({
      'runtimes/own.yaml': 'ref: demo.own\nname: Ours\naliases: [python3]\n',
      'actions/own.yaml': 'ref: demo.own\nruntime_ref: demo.own\ninvocation: function\n',
      'actions/node.yaml': 'ref: demo.node\nrunner_type: node\ninvocation: function\n',
      'actions/plain.yaml': 'ref: demo.plain\n',
    });
    expect(
      await packs.rows(sql`select a.ref, a.invocation from action as a where a.pack_ref = 'demo' order by a.ref`),
    ).toEqual([
      { ref: 'demo.node', invocation: 'function' },
      { ref: 'demo.own', invocation: 'function' },
      { ref: 'demo.plain', invocation: 'process' },
    ]);
  });

  it('is refused when another pack owns one of its refs', async () => {
    await packs.load({});
    await packs.load({ 'pack.yaml': 'ref: other\nversion: 1.0.0\n' });
    await execute(
      packs.db,
      sql`
      insert into trigger (ref, pack, pack_ref, label, is_adhoc)
      select 'demo.deploy', p.id, p.ref, 'Taken', true from pack as p where p.ref = 'other'`,
    );
    expect(await packs.problemsOf(DEPLOY)).toMatchObject([
      { file: 'triggers/deploy.yaml', error: "already belongs to pack 'other'" },
    ]);
  });

  it('has an error that names the pack, the places and the status of a bad request', async () => {
    const error: unknown = await packs
      .load({ 'triggers/bad.yaml': 'ref: demo.bad\nenabled: maybe\n' })
      .catch((e: unknown) => e);
    expect(error).toMatchObject({
      code: 'pack.bad_request',
      packRef: 'demo',
      message: "Pack 'demo' was not loaded: triggers/bad.yaml:2 enabled: must be true or false, not text",
      details: { problems: [{ file: 'triggers/bad.yaml', line: 2 }] },
    });
  });

  it('is refused in a directory where workers would not find it', async () => {
    const directory = await packs.write({});
    const elsewhere = `${directory}-1.0`;
    await rename(directory, elsewhere);
    await expect(loadPackDirectory(packs.db, elsewhere)).rejects.toThrow(
      "the directory of the pack is called 'demo-1.0' and has to be called 'demo'",
    );
  });

  it('leaves the transaction of its caller usable', async () => {
    const bad = await packs.write({ 'triggers/bad.yaml': 'ref: demo.bad\nenabled: maybe\n' });
    const good = await packs.write(DEPLOY);
    await packs.db.transaction(async (transaction) => {
      await expect(loadPackDirectory(transaction, bad)).rejects.toThrow(PackLoadError);
      await loadPackDirectory(transaction, good);
    });
    expect(await packs.rows(sql`select t.ref from trigger as t where t.pack_ref = 'demo'`)).toEqual([
      { ref: 'demo.deploy' },
    ]);
  });

  it('goes with the transaction of its caller', async () => {
    const good = await packs.write(DEPLOY);
    const undone = packs.db.transaction(async (transaction) => {
      await loadPackDirectory(transaction, good);
      throw new Error('changed my mind');
    });
    await expect(undone).rejects.toThrow('changed my mind');
    expect(await packs.rows(sql`select p.ref from pack as p where p.ref = 'demo'`)).toEqual([]);
  });
});

describe('references', () => {
  it.each([
    ['runner_type: PERL5', 'an alias of an own runtime'],
    ['runner_type: Perl', 'the name of an own runtime'],
    ['runner_type: demo.perl', 'a ref as runner_type'],
    ['runtime_ref: demo.perl\nrunner_type: shell', 'a ref that wins over runner_type'],
  ])('finds the runtime for %j: %s', async (line) => {
    await packs.load({
      'runtimes/perl.yaml': 'ref: demo.perl\naliases: [perl5]\n',
      'actions/one.yaml': `ref: demo.one\n${line}\n`,
    });
    expect(await packs.row(sql`select a.runtime_ref from action as a where a.ref = 'demo.one'`)).toEqual({
      runtime_ref: 'demo.perl',
    });
  });

  it('does not count a runtime that this load removes', async () => {
    await packs.load({ 'runtimes/perl.yaml': 'ref: demo.perl\n' });
    const problems = await packs.problemsOf({ 'actions/one.yaml': 'ref: demo.one\nruntime_ref: demo.perl\n' });
    expect(problems).toMatchObject([{ error: "unknown runtime 'demo.perl'" }]);
  });

  it('leaves a rule out whose action is unknown, and keeps the one stored before', async () => {
    await packs.load({ ...ECHO, ...DEPLOY, ...RULE });
    const { warnings, changes } = await packs.load({ ...DEPLOY, ...RULE });
    expect(warnings).toMatchObject([
      { file: 'rules/on.yaml', line: 3, key: 'action_ref', error: "unknown action 'demo.echo': the rule was left out" },
    ]);
    expect(changes.rule).toEqual({ written: [], removed: [] });
    expect(await packs.row(sql`select r.action, r.action_ref from rule as r where r.ref = 'demo.on'`)).toEqual({
      action: null,
      action_ref: 'demo.echo',
    });
  });

  it('warns of parameters that do not fit and of permission sets nobody has', async () => {
    const { warnings } = await packs.load({
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
    await packs.load({ ...ECHO, ...DEPLOY });
    await packs.load({
      'pack.yaml': 'ref: other\nversion: 1.0.0\n',
      'rules/on.yaml': 'ref: other.on\ntrigger_ref: demo.deploy\naction_ref: demo.echo\n',
    });
    const attached = (): Promise<unknown> =>
      packs.row(sql`
        select r.trigger is not null as trigger, r.action is not null as action from rule as r where r.ref = 'other.on'`);
    await execute(packs.db, sql`delete from pack where ref = 'demo'`);
    expect(await attached()).toEqual({ trigger: false, action: false });
    await packs.load({ ...ECHO, ...DEPLOY });
    expect(await attached()).toEqual({ trigger: true, action: true });
  });
});
