import { insertExecutions, moveExecutions } from '@attune/common';
import { type Grant, type NotifyExecutionPayload, NotifyExecutionPayload as payload } from '@attune/contract';
import { eventually } from '@attune/testing';
import { createIdentity } from '../../../spec/identities.js';
import { createDemo } from '../../../spec/scenario.js';
import { startTestApi, type TestApi } from '../../../spec/test-api.js';
import { executionToken } from '../../../spec/tokens.js';

const READS: Grant = { resource: 'executions', actions: ['read'] };

/** What a client has heard so far. */
interface Followed {
  readonly response: Response;
  readonly heard: NotifyExecutionPayload[];
  /** Resolves when the service ends the stream. */
  readonly ended: Promise<void>;
  leave(): void;
}

describe('the stream of executions', () => {
  let api: TestApi;
  let url: string;

  beforeAll(async () => {
    api = await startTestApi();
    await createDemo(api.admin);
    await api.platform.listener.start();
    await api.app.listen({ port: 0, host: '127.0.0.1' });
    url = await api.app.getUrl();
  });
  afterAll(() => api.close());

  const execution = async (options: { executor?: number; action_ref?: string } = {}): Promise<number> => {
    const [id = 0] = await insertExecutions(api.dataSource, [
      { action: null, action_ref: 'demo.greet', executor: 1, ...options },
    ]);
    return id;
  };
  const cancel = (id: number) =>
    moveExecutions(api.dataSource, [{ id, status: 'cancelled', result: { error: 'a secret' } }], {
      from: ['requested'],
    });

  async function follow(token: string, query = '', byCookie = false): Promise<Followed> {
    const leaving = new AbortController();
    const headers: Record<string, string> = byCookie
      ? { cookie: `attune_access_token=${token}` }
      : { authorization: `Bearer ${token}` };
    const response = await fetch(`${url}/api/v1/executions/stream${query}`, { headers, signal: leaving.signal });
    const heard: NotifyExecutionPayload[] = [];
    const read = async (): Promise<void> => {
      let rest = '';
      for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
        const frames = (rest + chunk).split('\n\n');
        rest = frames.pop() ?? '';
        for (const frame of frames.filter((one) => !one.startsWith(':'))) {
          expect(frame).toMatch(/^data: /);
          expect(frame).not.toContain('a secret');
          heard.push(payload.strict().parse(JSON.parse(frame.slice('data: '.length))));
        }
      }
    };
    const ended = response.status === 200 ? read().catch(() => undefined) : Promise.resolve();
    return { response, heard, ended, leave: () => leaving.abort() };
  }

  const tokenWith = async (grants: readonly Grant[]): Promise<string> =>
    (await createIdentity(api.platform, grants)).token;

  it('tells of creations and changes in their order, and nothing beyond', async () => {
    const client = await follow(await tokenWith([READS]));
    expect(client.response.headers.get('content-type')).toBe('text/event-stream');
    expect(client.response.headers.get('cache-control')).toBe('no-cache');
    const id = await execution();
    await cancel(id);
    await eventually(() => expect(client.heard).toHaveLength(2));
    expect(client.heard).toMatchObject([
      { entity_type: 'execution', entity_id: id, id, action_ref: 'demo.greet', status: 'requested' },
      { id, status: 'cancelled', old_status: 'requested', workflow_task: null },
    ]);
    client.leave();
  });

  it('tells of one execution only when asked, also by cookie', async () => {
    const [one, other] = [await execution(), await execution()];
    const client = await follow(await tokenWith([READS]), `?execution_id=${one}`, true);
    await cancel(other);
    await cancel(one);
    await eventually(() => expect(client.heard).toHaveLength(1));
    expect(client.heard[0]).toMatchObject({ id: one, status: 'cancelled' });
    client.leave();
  });

  it('shows each change only to who may read its execution', async () => {
    const me = await createIdentity(api.platform, [
      { ...READS, constraints: { execution_scope: 'self' } },
      { ...READS, constraints: { pack_refs: ['core'] } },
    ]);
    const client = await follow(me.token);
    await execution();
    const mine = await execution({ executor: me.id });
    const core = await execution({ action_ref: 'core.echo' });
    await eventually(() => expect(client.heard.map(({ id }) => id)).toEqual([mine, core]));
    client.leave();
    const foreign = await execution();
    expect((await follow(me.token, `?execution_id=${foreign}`)).response.status).toBe(403);
  });

  it('is refused without a token, without the right, and to executions that do not ask for themselves', async () => {
    expect((await fetch(`${url}/api/v1/executions/stream`)).status).toBe(401);
    expect((await follow(await tokenWith([]))).response.status).toBe(403);
    const [own, other] = [await execution(), await execution()];
    const token = await executionToken(api.platform, own, ['core.viewer']);
    expect((await follow(token)).response.status).toBe(403);
    expect((await follow(token, `?execution_id=${other}`)).response.status).toBe(403);
    const client = await follow(token, `?execution_id=${own}`);
    expect(client.response.status).toBe(200);
    await cancel(own);
    await eventually(() => expect(client.heard).toMatchObject([{ id: own, status: 'cancelled' }]));
    // The execution has ended, and with it its token.
    await client.ended;
  }, 20_000);

  it('ends when changes were missed, so that clients look again', async () => {
    const client = await follow(await tokenWith([READS]));
    await api.dataSource.query(
      `select pg_terminate_backend(a.pid) from pg_stat_activity as a
       where a.datname = current_database() and a.application_name = 'attune-listener'`,
    );
    await client.ended;
  });

  it('tells everybody of many changes at once, whoever else does not read', async () => {
    const token = await tokenWith([READS]);
    const leaving = new AbortController();
    const headers = { authorization: `Bearer ${token}` };
    await fetch(`${url}/api/v1/executions/stream`, { headers, signal: leaving.signal });
    const reader = await follow(token);
    const ids = await insertExecutions(
      api.dataSource,
      Array.from({ length: 400 }, () => ({ action: null, action_ref: 'demo.greet', executor: 1 })),
    );
    await eventually(() => expect(reader.heard).toHaveLength(400));
    expect(reader.heard.map(({ id }) => id)).toEqual(ids);
    leaving.abort();
    reader.leave();
  });

  it('ends with the service', async () => {
    const client = await follow(await tokenWith([READS]));
    await api.app.close();
    await client.ended;
  });
});
