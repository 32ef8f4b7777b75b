import { type OutgoingMessage } from '@attune/common';
import { DEPLOY, ECHO, type Files, PackWorkspace, RULE } from '../../testing/pack-workspace.js';

let packs: PackWorkspace;

beforeAll(async () => {
  packs = await PackWorkspace.open();
});

afterAll(() => packs.close());

beforeEach(() => packs.clear());

describe('messages', () => {
  async function messagesOf(files: Files): Promise<[topic: string, subject: unknown][]> {
    const sent: OutgoingMessage[] = [];
    await packs.load(files, {
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
    await packs.load(
      { ...ECHO, 'actions/node.yaml': 'ref: demo.node\nrunner_type: node\nentry_point: echo.sh\n' },
      { publish },
    );
    expect(sent[0]?.payload).toMatchObject({ version: '1.0.0', runtime_names: ['Node.js', 'Shell'] });
  });
});
