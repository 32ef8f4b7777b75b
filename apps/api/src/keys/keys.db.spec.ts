import { AuditEventEntity, findKey, SecretBox } from '@attune/common';
import {
  type ApiClient,
  type CreateKeyRequest,
  type Grant,
  type GrantConstraints,
  operations,
  OwnerType,
} from '@attune/contract';
import { createIdentity } from '../../spec/identities.js';
import { createDemo } from '../../spec/scenario.js';
import { startTestApi, type TestApi } from '../../spec/test-api.js';
import { executionToken } from '../../spec/tokens.js';

const SECRET = 'hunter2-is-secret';

const keys = (actions: string[], constraints?: GrantConstraints): Grant => ({
  resource: 'keys',
  actions: actions as Grant['actions'],
  ...(constraints && { constraints }),
});

describe('keys', () => {
  let api: TestApi;
  let demo: Awaited<ReturnType<typeof createDemo>>;
  let packId: number;
  /** Somebody who may store keys for others. */
  let steward: ApiClient;

  beforeAll(async () => {
    api = await startTestApi();
    demo = await createDemo(api.admin);
    packId = (await api.admin.call(operations.getPack, { params: { ref: 'demo' } })).id;
    steward = await api.withGrants([keys(['read', 'create'], { owner_types: [...OwnerType.options] })]);
  });
  afterAll(() => api.close());

  let count = 0;
  const create = (body: Partial<CreateKeyRequest> = {}, client = api.admin) => {
    const name = `key_${(count += 1)}`;
    return client.call(operations.createKey, { body: { ref: name, name, owner_type: 'system', value: 'x', ...body } });
  };
  const get = (ref: string, client = api.admin) => client.call(operations.getKey, { params: { ref } });
  const update = (ref: string, body: object, client = api.admin) =>
    client.call(operations.updateKey, { params: { ref }, body });
  const storedValue = async (ref: string) => (await findKey(api.dataSource, ref))!;

  it('are stored, shown, changed and deleted', async () => {
    const created = await create({ ref: 'plain', name: 'plain', value: { url: 'https://x', ports: [1, 2] } });
    expect(created).toMatchObject({ ref: 'plain', owner_type: 'system', owner: 'system', encrypted: false });
    expect(created).toMatchObject({ value: { url: 'https://x', ports: [1, 2] }, owner_pack: null });
    expect(await get('plain')).toEqual(created);
    expect(await update('plain', { name: 'other' })).toMatchObject({ name: 'other', value: created.value });
    expect(await update('plain', { value: 3 })).toMatchObject({ name: 'other', value: 3 });
    expect(await update('plain', { value: null })).toMatchObject({ value: 3 });
    const gone = await api.admin.call(operations.deleteKey, { params: { ref: 'plain' } });
    expect(gone).toEqual({ success: true, message: 'Key plain deleted' });
    await expect(get('plain')).rejects.toMatchObject({ status: 404, code: 'NOT_FOUND' });
    await expect(update('plain', {})).rejects.toMatchObject({ status: 404 });
  });

  it.each(['text', 0, false, null, ['a'], { deep: { a: null } }])('hold %j, plain or encrypted', async (value) => {
    for (const encrypted of [false, true]) {
      const { ref } = await create({ value, encrypted });
      expect(await get(ref)).toMatchObject({ value, encrypted });
      expect(await update(ref, { encrypted: !encrypted })).toMatchObject({ value, encrypted: !encrypted });
      expect(await get(ref)).toMatchObject({ value, encrypted: !encrypted });
    }
  });

  it('that are encrypted are stored in the promised form and nowhere else', async () => {
    const { ref } = await create({ value: { token: SECRET }, encrypted: true });
    const box = new SecretBox(api.platform.config.security.encryptionKey);
    const row = await storedValue(ref);
    expect(row).toMatchObject({ encrypted: true, encryption_key_hash: box.keyHash });
    expect(Buffer.from(row.value as string, 'base64')).toHaveLength(12 + JSON.stringify({ token: SECRET }).length + 16);
    expect(box.open(row.value as string)).toEqual({ token: SECRET });
    const audit: unknown = await api.dataSource.query('select e::text as row from audit_event as e');
    expect(JSON.stringify([row, audit])).not.toContain(SECRET);
  });

  it('change what is stored with the flag, and cover a new value', async () => {
    const { ref } = await create({ value: SECRET });
    expect(await update(ref, { encrypted: true })).toMatchObject({ value: SECRET });
    expect(JSON.stringify(await storedValue(ref))).not.toContain(SECRET);
    expect(await update(ref, { value: 'newer' })).toMatchObject({ value: 'newer', encrypted: true });
    expect(JSON.stringify(await storedValue(ref))).not.toContain('newer');
    expect(await update(ref, { encrypted: false, value: 'open' })).toMatchObject({ value: 'open' });
    expect(await storedValue(ref)).toMatchObject({ value: 'open', encryption_key_hash: null });
  });

  it('show an encrypted value only to who may decrypt it', async () => {
    const { ref } = await create({ value: SECRET, encrypted: true });
    const reader = await api.withGrants([keys(['read', 'update'])]);
    expect(await get(ref, reader)).toMatchObject({ ref, encrypted: true, value: null });
    expect(await update(ref, { name: 'renamed' }, reader)).toMatchObject({ name: 'renamed', value: null });
    // Making it plain would show it.
    await expect(update(ref, { encrypted: false }, reader)).rejects.toMatchObject({ status: 403 });
    expect(await update(ref, { encrypted: false, value: 'mine' }, reader)).toMatchObject({ value: 'mine' });
  });

  it.each([
    ['another key', () => new SecretBox('a key that nobody configured here').seal('x')],
    ['something that is not sealed', () => 'aGVsbG8='],
  ])('cannot be opened with %s, and say nothing of it', async (_case, stored) => {
    const { ref } = await create({ value: 'x', encrypted: true });
    await api.dataSource.query('update key set value = to_jsonb($1::text) where ref = $2', [stored(), ref]);
    await expect(get(ref)).rejects.toMatchObject({ status: 500, code: 'INTERNAL_SERVER_ERROR' });
    await expect(update(ref, { value: 'new' })).resolves.toMatchObject({ value: 'new' });
  });

  it('are changed without being shown by who may not read them', async () => {
    const { ref } = await create({ value: 'unread' });
    const writer = await api.withGrants([keys(['update'])]);
    expect(await update(ref, { name: 'unseen' }, writer)).toMatchObject({ name: 'unseen', value: null });
    expect(await update(ref, { value: 'given' }, writer)).toMatchObject({ value: 'given' });
  });

  describe('of an owner', () => {
    it('are resolved from an id or a ref', async () => {
      const { id: identityId } = await createIdentity(api.platform, []);
      const sensor: unknown = await api.dataSource.query(
        `insert into sensor (ref, pack, pack_ref, label, entrypoint, runtime, runtime_ref)
        select 'demo.watch', $1, 'demo', 'Watch', 'x', r.id, r.ref from runtime as r limit 1 returning id`,
        [packId],
      );
      const sensorId = (sensor as { id: number }[])[0]!.id;
      const cases: [Partial<CreateKeyRequest>, object][] = [
        [
          { owner_type: 'identity', owner_identity: identityId },
          { owner: String(identityId), owner_identity: identityId },
        ],
        [
          { owner_type: 'pack', owner_pack: packId },
          { owner: String(packId), owner_pack_ref: 'demo' },
        ],
        [
          { owner_type: 'pack', owner_pack_ref: 'demo', owner: 'ignored' },
          { owner: String(packId), owner_pack: packId },
        ],
        [{ owner_type: 'action', owner_action_ref: 'demo.greet' }, { owner_action: demo.action.id }],
        [
          { owner_type: 'action', owner_action: demo.action.id, owner_action_ref: 'demo.greet' },
          { owner_action: demo.action.id },
        ],
        [
          { owner_type: 'sensor', owner_sensor_ref: 'demo.watch' },
          { owner: String(sensorId), owner_sensor: sensorId },
        ],
      ];
      for (const [body, expected] of cases) {
        const { ref } = await create(body, steward);
        expect(await get(ref, steward)).toMatchObject({ owner_type: body.owner_type, ...expected });
      }
    });

    it.each<[Partial<CreateKeyRequest>, number]>([
      [{ owner_type: 'pack' }, 400],
      [{ owner_type: 'identity' }, 400],
      [{ owner_type: 'system', owner_pack_ref: 'demo' }, 400],
      [{ owner_type: 'pack', owner_pack_ref: 'demo', owner_identity: 1 }, 400],
      [{ owner_type: 'pack', owner_pack_ref: 'none' }, 422],
      [{ owner_type: 'action', owner_action: 1, owner_action_ref: 'demo.greet' }, 422],
      [{ owner_type: 'identity', owner_identity: 4711 }, 422],
      [{ ref: 'Upper' }, 422],
      [{ ref: 'a..b' }, 422],
    ])('are refused as %j', async (body, status) => {
      await expect(create(body, steward)).rejects.toMatchObject({ status });
    });

    it('have one name only once', async () => {
      const body = { owner_type: 'pack', owner_pack_ref: 'demo', name: 'same' } as const;
      await create(body);
      await expect(create(body)).rejects.toMatchObject({ status: 409, code: 'CONFLICT' });
      await expect(create({ name: 'same' })).resolves.toBeDefined();
      const { ref } = await create();
      await expect(create({ ref })).rejects.toMatchObject({ status: 409 });
      await expect(update(ref, { name: 'same' })).rejects.toMatchObject({ status: 409 });
    });

    it('go with it', async () => {
      const { id: identityId } = await createIdentity(api.platform, []);
      const { ref } = await create({ owner_type: 'identity', owner_identity: identityId }, steward);
      await api.admin.call(operations.deleteIdentity, { params: { id: identityId } });
      await expect(get(ref)).rejects.toMatchObject({ status: 404 });
    });
  });

  it('are listed by ref, without values, by owner, as far as the caller may see', async () => {
    await create({ ref: 'list.b', owner_type: 'action', owner_action_ref: 'demo.greet', value: SECRET });
    await create({
      ref: 'list.a',
      owner_type: 'action',
      owner_action_ref: 'demo.greet',
      value: SECRET,
      encrypted: true,
    });
    const query = { owner_type: 'action', owner: String(demo.action.id) } as const;
    const page = await api.admin.call(operations.listKeys, { query });
    const refs = page.items.map(({ ref }) => ref);
    expect(refs).toEqual([...refs].sort());
    expect(refs).toEqual(expect.arrayContaining(['list.a', 'list.b']));
    expect(page.pagination.total_items).toBe(page.items.length);
    expect(page.items.every(({ owner }) => owner === String(demo.action.id))).toBe(true);
    expect(JSON.stringify(page)).not.toContain(SECRET);

    const some = await api.withGrants([keys(['read'], { encrypted: true, owner_types: ['action'] })]);
    const seen = await some.call(operations.listKeys, { query });
    expect(seen.items.map(({ ref }) => ref)).toEqual(['list.a']);
    expect(seen.pagination).toMatchObject({ total_items: 1, has_next: false });
    await expect((await api.withGrants([])).call(operations.listKeys)).rejects.toMatchObject({ status: 403 });
  });

  describe('of somebody else', () => {
    it('need a grant that says whose or which', async () => {
      const { id } = await createIdentity(api.platform, []);
      const { ref } = await create({ owner_type: 'identity', owner_identity: id, value: SECRET }, steward);
      const plain = await api.withGrants([keys(['read', 'update', 'delete'])]);
      await expect(get(ref, plain)).rejects.toMatchObject({ status: 404 });
      await expect(update(ref, { value: 1 }, plain)).rejects.toMatchObject({ status: 404 });
      const deletion = plain.call(operations.deleteKey, { params: { ref } });
      await expect(deletion).rejects.toMatchObject({ status: 404 });
      const listed = await plain.call(operations.listKeys, { query: { owner_type: 'identity' } });
      expect(listed.items).toEqual([]);
      for (const constraints of [
        { owner: 'any' },
        { owner_types: ['identity'] },
        { refs: [ref] },
        { ids: [(await get(ref, await api.withGrants([keys(['read'], { refs: [ref] })]))).id] },
      ] as GrantConstraints[]) {
        const client = await api.withGrants([keys(['read'], constraints)]);
        expect(await get(ref, client)).toMatchObject({ value: SECRET });
      }
    });

    it('belong to whoever they belong to', async () => {
      const { id, token } = await createIdentity(api.platform, [keys(['read', 'create'])]);
      const own = api.withToken(token);
      const { ref } = await create({ owner_type: 'identity', owner_identity: id, value: SECRET }, own);
      expect(await get(ref, own)).toMatchObject({ value: SECRET });
      const other = create({ owner_type: 'identity', owner_identity: 1 }, own);
      await expect(other).rejects.toMatchObject({ status: 403 });
    });

    it('are told apart from missing ones only by who may read them', async () => {
      const { ref } = await create({ encrypted: true });
      const writer = await api.withGrants([keys(['update'], { refs: ['another'] })]);
      await expect(update(ref, {}, writer)).rejects.toMatchObject({ status: 404 });
      await expect(update('missing', {}, writer)).rejects.toMatchObject({ status: 404 });
      const reader = await api.withGrants([keys(['read']), keys(['update'], { encrypted: false })]);
      await expect(update(ref, { name: 'x' }, reader)).rejects.toMatchObject({ status: 403 });
      const { ref: plain } = await create();
      await expect(update(plain, { encrypted: true }, reader)).rejects.toMatchObject({ status: 403 });
      const nobody = await api.withGrants([keys(['read'])]);
      await expect(update(ref, {}, nobody)).rejects.toMatchObject({ status: 403 });
      await expect(update('missing', {}, nobody)).rejects.toMatchObject({ status: 403 });
    });
  });

  it('of its own action and pack are open to an execution with standard access, and no others', async () => {
    await createDemo(api.admin, 'other');
    const { id } = await api.admin.call(operations.executeAction, { body: { action_ref: 'demo.greet' } });
    const execution = api.withToken(await executionToken(api.platform, id, ['standard']));
    const secret = { value: SECRET, encrypted: true } as const;
    const own = await create({ ...secret, owner_type: 'action', owner_action_ref: 'demo.greet' });
    const ofPack = await create({ ...secret, owner_type: 'pack', owner_pack_ref: 'demo' });
    for (const { ref } of [own, ofPack]) expect(await get(ref, execution)).toMatchObject({ value: SECRET });
    for (const { ref } of [
      await create({ ...secret, owner_type: 'action', owner_action_ref: 'other.greet' }),
      await create({ ...secret, owner_type: 'pack', owner_pack_ref: 'other' }),
      await create(secret),
    ]) {
      await expect(get(ref, execution)).rejects.toMatchObject({ status: 404 });
    }
    await expect(update(own.ref, { value: 1 }, execution)).rejects.toMatchObject({ status: 403 });
  });

  it('leave a trace of everything that happens to them', async () => {
    const { ref } = await create({ value: SECRET, encrypted: true });
    await get(ref);
    await get(ref, await api.withGrants([keys(['read'])]));
    await update(ref, { name: 'traced' });
    await api.admin.call(operations.deleteKey, { params: { ref } });
    const events = await api.dataSource
      .getRepository(AuditEventEntity)
      .find({ where: { resource_ref: ref }, order: { id: 'ASC' } });
    expect(events.map(({ event_type }) => event_type)).toEqual([
      'secret.key.created',
      'secret.key.decrypted',
      'secret.key.read',
      'secret.key.updated',
      'secret.key.decrypted',
      'secret.key.deleted',
    ]);
    expect(events[3]).toMatchObject({ actor_login: 'admin', details: { owner: 'system', changed: ['name'] } });
  });
});
