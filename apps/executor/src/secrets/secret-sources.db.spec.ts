import { json, QUEUE, SecretBox, sealValues, sql } from '@attune/common';
import { holdsRedactedSecret, REDACTED_SECRET } from '@attune/engine';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { EnforceEventsService } from '../events/enforce-events.service.js';
import { ExecutorFixture } from '../fixture/executor-fixture.js';
import { StartExecutionsService } from '../executions/start-executions.service.js';
import { PlaceExecutionsService } from '../placement/place-executions.service.js';

const SECRET = 'very-secret-value';

const CONFIG_SCHEMA = { url: { type: 'string' }, password: { type: 'string', secret: true } };

describe.each(['as it should be stored', 'in plain text'])('secrets of a pack’s configuration, %s', (how) => {
  let given: ExecutorFixture;
  let logged: string;
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      logged += chunk.toString();
      done();
    },
  });
  const logger = pino({ level: 'trace' }, sink);

  beforeAll(async () => {
    given = await ExecutorFixture.create();
  });

  beforeEach(async () => {
    await given.reset();
    logged = '';
    await given.run(sql`
      update pack set
        conf_schema = ${json(CONFIG_SCHEMA)}::jsonb, config = ${json(configuration(given.secretBox))}::jsonb`);
    await given.worker('one');
    await given.action('demo.login', {
      schema: { user: { type: 'string' }, url: { type: 'string' }, password: { type: 'string', secret: true } },
    });
  });

  afterAll(() => given.close());

  function configuration(box: SecretBox) {
    const config = { url: 'https://demo', password: SECRET };
    return how === 'in plain text' ? config : sealValues(box, CONFIG_SCHEMA, config);
  }

  async function happen(): Promise<void> {
    const enforcing = new EnforceEventsService(
      given.secrets,
      new StartExecutionsService(given.planning, logger),
      logger,
    );
    const placing = new PlaceExecutionsService(given.secrets, given.planning, logger);
    const events = given.consumer(QUEUE.executorEvents, (db, messages) => enforcing.handle(db, messages));
    const executions = given.consumer(QUEUE.executorExecutions, (db, messages) => placing.handle(db, messages));
    await given.event();
    while ((await events.consumeOnce()) > 0);
    while ((await executions.consumeOnce()) > 0);
  }

  async function everything(): Promise<string> {
    const tables = await given.run<{ name: string }>(sql`
      select c.relname as name from pg_class as c
      where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace and c.relname <> 'pack'`);
    const rows: unknown[] = [];
    for (const { name } of tables) rows.push(await given.dataSource.query(`select t::text as row from "${name}" as t`));
    return JSON.stringify(rows) + logged;
  }

  it('reach an action through a parameter that is secret', async () => {
    await given.rule('demo.good', {
      action: 'demo.login',
      params: { url: '{{ pack.config.url }}', password: '{{ pack.config.password }}' },
    });
    await happen();
    const [execution] = await given.executions();
    expect(execution).toMatchObject({
      status: 'scheduled',
      config: { url: 'https://demo', password: REDACTED_SECRET },
    });
    const secrets = await given.secrets.open(given.dataSource.manager, 'execution_config', [execution!.id]);
    expect(secrets.get(execution!.id)).toEqual([{ pointer: '/password', value: SECRET }]);
    expect(await everything()).not.toContain(SECRET);
  });

  it.each([
    ['{{ pack.config.password }}', '/user'],
    ['user:{{ pack.config.password }}', '/user'],
    ["{{ upper(pack.config.password) + '?' }}", '/user'],
    ['{{ pack.config }}', '/user/password'],
  ])('make an execution fail that has them elsewhere: %s', async (template, pointer) => {
    await given.action('demo.loose', { schema: { user: { type: ['string', 'object'] } } });
    await given.rule('demo.bad', { action: 'demo.loose', params: { user: template } });
    await happen();
    const [execution] = await given.executions();
    expect(execution).toMatchObject({
      status: 'failed',
      result: {
        error: `Invalid parameters for action 'demo.loose': must not hold a secret, because it is not marked secret, at ${pointer}`,
        succeeded: false,
        failed_by: 'execution_scheduler',
      },
    });
    expect(holdsRedactedSecret(execution?.config ?? null)).toBe(true);
    expect((await given.enforcements())[0]?.config).toEqual(execution?.config);
    const sources = await given.run(sql`
      select s.entity_type, s.json_path, s.source_kind, s.source_ref from execution_secret_value as s order by s.entity_type`);
    const source = { json_path: pointer, source_kind: 'pack_config', source_ref: 'demo' };
    expect(sources).toEqual([
      { entity_type: 'execution_config', ...source },
      { entity_type: 'enforcement_config', ...source },
    ]);
    expect((await everything()).toLowerCase()).not.toContain(SECRET);
  });

  if (how === 'in plain text') return;

  it('reach an action as a sealed parameter of the rule', async () => {
    const schema = { password: { secret: true } };
    const params = sealValues(given.secretBox, schema, { user: 'ada', password: SECRET });
    await given.rule('demo.good', { action: 'demo.login', params });
    await happen();
    const [execution] = await given.executions();
    expect(execution).toMatchObject({ status: 'scheduled', config: { user: 'ada', password: REDACTED_SECRET } });
    const secrets = await given.secrets.open(given.dataSource.manager, 'execution_config', [execution!.id]);
    expect(secrets.get(execution!.id)).toEqual([{ pointer: '/password', value: SECRET }]);
    expect(await everything()).not.toContain(SECRET);
  });

  it('make an execution fail whose action does not call a sealed parameter secret', async () => {
    const params = sealValues(given.secretBox, { user: { secret: true } }, { user: SECRET });
    await given.rule('demo.bad', { action: 'demo.login', params });
    await happen();
    const [execution] = await given.executions();
    expect(execution).toMatchObject({ status: 'failed', config: { user: REDACTED_SECRET } });
    expect(await everything()).not.toContain(SECRET);
  });

  it('are secret though the schema says so no more', async () => {
    await given.run(sql`update pack set conf_schema = '{}'`);
    await given.rule('demo.good', { action: 'demo.login', params: { password: '{{ pack.config.password }}' } });
    await given.rule('demo.bad', { action: 'demo.login', params: { user: '{{ pack.config.password }}' } });
    await happen();
    const executions = await given.executions();
    expect(executions.map(({ status }) => status).sort()).toEqual(['failed', 'scheduled']);
    expect(await everything()).not.toContain(SECRET);
  });

  it('make an execution fail when another key sealed them, and no other one', async () => {
    await given.run(sql`
      update pack set config = ${json(configuration(new SecretBox('a key that the executor does not have')))}::jsonb`);
    await given.rule('demo.broken', { action: 'demo.login', params: { user: 'plain' } });
    await happen();
    const [execution] = await given.executions();
    expect(execution).toMatchObject({
      status: 'failed',
      result: { error: expect.stringContaining('was encrypted with another key') as string },
    });
  });
});
