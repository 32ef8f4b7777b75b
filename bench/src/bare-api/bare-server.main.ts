import { verify } from '@node-rs/argon2';
import Fastify from 'fastify';
import { SignJWT } from 'jose';
import { BARE_TABLES } from './bare-tables.js';
import * as statements from './bare-statements.js';
import { openPool } from '../server/open-pool.js';

// What a handler costs that does nothing but the work: no tokens, no checks, no contract, no log. As many statements as the
// product sends for the same request, of the same kind, over a pool of the same size.

const [databaseUrl = '', secret = ''] = process.argv.slice(2);
const pool = openPool(databaseUrl, 10); // `database.pool_size` of the product
await pool.query(BARE_TABLES);

const key = new TextEncoder().encode(secret);
const sign = (id: number, lifetime: string): Promise<string> =>
  new SignJWT({ id }).setProtectedHeader({ alg: 'HS256' }).setExpirationTime(lifetime).sign(key);

const app = Fastify();

app.post('/login', async (request) => {
  const { login, password } = request.body as { login: string; password: string };
  const { rows } = await pool.query<{ id: number; password_hash: string }>(statements.findIdentity(login));
  const [identity] = rows;
  if (!identity || !(await verify(identity.password_hash, password))) throw new Error('wrong password');
  return { access_token: await sign(identity.id, '1h'), refresh_token: await sign(identity.id, '7d') };
});

app.get('/executions', async (request) => {
  await pool.query(statements.readRights(1));
  const { size } = request.query as { size: string };
  const { rows: found } = await pool.query<{ id: string }>(statements.newestIds(Number(size) + 1));
  const { rows } = await pool.query(statements.readExecutions(found.map(({ id }) => id)));
  return { items: rows.slice(0, Number(size)), has_next: rows.length > Number(size) };
});

app.get('/executions/:id', async (request) => {
  await pool.query(statements.readRights(1));
  const { rows } = await pool.query(statements.readExecution((request.params as { id: string }).id));
  return { data: rows[0] as unknown };
});

app.post('/execute', async (request, reply) => {
  await pool.query(statements.readRights(1));
  const { action_ref: ref, parameters } = request.body as { action_ref: string; parameters: object };
  await pool.query(statements.findAction(ref));
  const client = await pool.connect();
  try {
    await client.query('begin');
    const { rows } = await client.query<{ id: string }>(statements.insertExecution(ref, parameters));
    const id = rows[0]?.id ?? '';
    await client.query(statements.insertMessage(id));
    const { rows: stored } = await client.query(statements.findExecution(id));
    await client.query('commit');
    return await reply.code(201).send({ data: stored[0] as unknown });
  } finally {
    client.release();
  }
});

app.post('/webhook', async (request) => {
  const { payload } = request.body as { payload: unknown };
  const { rows } = await pool.query<{ ref: string }>(statements.findWebhook('wh_bench'));
  const { rows: stored } = await pool.query<{ id: string }>(statements.insertEvent(rows[0]?.ref ?? '', payload));
  return { data: { event_id: stored[0]?.id } };
});

await app.listen({ host: '127.0.0.1', port: 0 });
const address = app.server.address();
process.send?.({ port: typeof address === 'object' ? address?.port : 0 });
process.once('disconnect', () => process.exit());
