import { run, SecretBox, sql } from '@attune/common';
import { operations } from '@attune/contract';
import { createIdentity } from '../../spec/identities.js';
import { createDemo } from '../../spec/scenario.js';
import { startTestApi, type TestApi } from '../../spec/test-api.js';

const REQUESTS = 24;

describe('executions asked for at the same moment', () => {
  let api: TestApi;

  beforeAll(async () => {
    api = await startTestApi();
    await createDemo(api.admin);
  });
  afterAll(() => api.close());

  const people = () =>
    Promise.all([1, 2, 3].map(() => createIdentity(api.platform, [{ resource: 'actions', actions: ['execute'] }])));

  async function executeAll(parametersOf: (index: number) => object) {
    const callers = await people();
    const asked = Array.from({ length: REQUESTS }, (_none, index) => {
      const caller = callers[index % callers.length]!;
      const body = { action_ref: 'demo.greet', parameters: parametersOf(index) as never };
      return api.withToken(caller.token).call(operations.executeAction, { body });
    });
    return { callers, outcomes: await Promise.allSettled(asked) };
  }

  interface Stored {
    readonly id: number;
    readonly executor: number;
    readonly name: string;
    readonly secret: string;
    readonly messages: number;
    readonly actors: number[];
    readonly transaction: string;
  }

  const stored = (prefix: string): Promise<Stored[]> =>
    run<Stored>(
      api.dataSource,
      sql`
      select e.id, e.executor, e.config ->> 'name' as name, e.xmin::text as transaction,
        (select s.encrypted_value from execution_secret_value as s where s.entity_id = e.id) as secret,
        (select count(*)::int from outbox_message as m where m.payload = jsonb_build_object('execution_id', e.id)) as messages,
        (select array_agg(a.actor_identity) from audit_event as a
         where a.resource_id = e.id and a.event_type = 'execution.requested' and a.created > now() - interval '1 hour') as actors
      from execution as e
      where e.created > now() - interval '1 hour' and starts_with(e.config ->> 'name', ${prefix})
      order by e.id`,
    );

  it('share commits, and each is what it would be alone', async () => {
    const { callers, outcomes } = await executeAll((index) => ({ name: `all-${index}`, token: `secret-${index}` }));
    const rows = new Map((await stored('all-')).map((row) => [row.id, row]));
    const box = new SecretBox(api.platform.config.security.encryptionKey);
    outcomes.forEach((outcome, index) => {
      if (outcome.status === 'rejected') throw outcome.reason;
      const row = rows.get(outcome.value.id);
      const caller = callers[index % callers.length]?.id;
      expect(outcome.value).toMatchObject({ executor: caller, config: { name: `all-${index}` } });
      expect(row).toMatchObject({ name: `all-${index}`, executor: caller, messages: 1, actors: [caller] });
      expect(box.open(row?.secret ?? '')).toBe(`secret-${index}`);
    });
    expect(rows.size).toBe(REQUESTS);
    expect(new Set([...rows.values()].map(({ transaction }) => transaction)).size).toBeLessThan(REQUESTS / 2);
  });

  it('do not fail with one that cannot be stored', async () => {
    const { outcomes } = await executeAll((index) => ({ name: index === 13 ? 'one-\0' : `one-${index}` }));
    const refused = outcomes.flatMap((outcome, index) => (outcome.status === 'rejected' ? [index] : []));
    expect(refused).toEqual([13]);
    expect(outcomes[13]).toMatchObject({ reason: { status: 422 } });
    const rows = await stored('one-');
    expect(rows).toHaveLength(REQUESTS - 1);
    expect(rows.every(({ messages, actors }) => messages === 1 && actors.length === 1)).toBe(true);
  });
});
