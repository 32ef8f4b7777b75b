import { randomBytes } from 'node:crypto';
import { type ApiClient, createClient, operations, RbacResource } from '@attune/contract';
import { type Installation } from '../harness/installation.js';
import { createScenario, execute, reaches } from '../harness/scenario.js';

/** Secrets that were given to the product. None of them may ever be seen again. */
export interface Canaries {
  readonly keyValue: string;
  readonly parameter: string;
  readonly packConfig: string;
  readonly password: string;
  readonly integrationToken: string;
  readonly webhookSecret: string;
}

export const newCanaries = (): Canaries => ({
  keyValue: canary(),
  parameter: canary(),
  packConfig: canary(),
  password: canary(),
  integrationToken: '', // made by the product
  webhookSecret: canary(),
});

const canary = (): string => `canary-${randomBytes(12).toString('hex')}`;

/** One of everything, made as a user would, with a canary wherever a secret goes. */
export async function createFuzzScene(installation: Installation, given: Canaries): Promise<Canaries> {
  const { url, credentials } = installation;
  const { client } = await createScenario(url, credentials, {
    name: 'demo',
    rules: [{ name: 'rule', actionRef: 'core.echo', parameters: { message: '{{ event.payload.name }}' } }],
  });
  await client.call(operations.updatePack, {
    params: { ref: 'demo' },
    body: {
      conf_schema: { token: { type: 'string', secret: true }, region: { type: 'string' } },
      config: { token: given.packConfig, region: 'north' },
    },
  });
  await client.call(operations.createAction, {
    body: {
      ref: 'demo.greet',
      pack_ref: 'demo',
      label: 'Greet',
      runtime_ref: 'core.shell',
      entrypoint: 'echo hello',
      param_schema: { name: { type: 'string' }, secret: { type: 'string', secret: true } },
    },
  });
  await client.call(operations.updateTriggerWebhookConfig, {
    params: { ref: 'demo.called' },
    body: { hmac: { enabled: true, secret: given.webhookSecret, algorithm: 'sha256' } },
  });
  await client.call(operations.createKey, {
    body: { ref: 'demo.key', owner_type: 'system', name: 'key', value: given.keyValue, encrypted: true },
  });
  const execution = await execute(client, 'demo.greet', { name: 'somebody', secret: given.parameter });
  await reaches(client, execution, 'completed');
  await client.call(operations.createInquiry, { body: { execution, prompt: 'Go on?' } });
  return { ...given, integrationToken: await createOwner(client, given.password) };
}

/** Somebody with a password and an integration token, neither of which is used. */
async function createOwner(client: ApiClient, password: string): Promise<string> {
  const { id } = await client.call(operations.createIdentity, { body: { login: 'owner', password } });
  const { token } = await client.call(operations.createIntegrationToken, { params: { id }, body: { label: 'ci' } });
  return token;
}

/** Tokens of those who send requests: nobody, a viewer, and mostly somebody who may do everything but see secrets. */
export async function logInCallers(installation: Installation, round: number): Promise<(string | null)[]> {
  const everything = await newCaller(installation, `fuzz.all-${round}`, everythingButSecrets());
  const [viewer] = await installation.rows<{ grants: unknown }>(
    `select p.grants from permission_set as p where p.ref = 'core.viewer'`,
  );
  const reader = await newCaller(installation, `fuzz.viewer-${round}`, viewer?.grants ?? []);
  return [null, reader, everything, everything, everything, everything];
}

function everythingButSecrets() {
  const actions = [
    'read',
    'create',
    'install',
    'configure',
    'update',
    'delete',
    'execute',
    'cancel',
    'respond',
    'manage',
  ];
  const plain = RbacResource.options.map((resource) => ({ resource, actions }));
  // What belongs to somebody else needs a grant that says whose.
  const foreign = ['packs', 'keys'].map((resource) => ({ resource, actions, constraints: { owner: 'any' } }));
  return [...plain, ...foreign];
}

/** Somebody new, put in place behind the API's back: requests of earlier rounds may have spoilt every way through it. */
async function newCaller(installation: Installation, login: string, grants: unknown): Promise<string> {
  const { url, credentials } = installation;
  const [admin] = await installation.rows<{ password_hash: string }>(
    'select i.password_hash from identity as i where i.login = $1',
    [credentials.login],
  );
  passwordHash ??= admin?.password_hash;
  await installation.rows(
    `with mine as (
       insert into identity (login, password_hash) values ($1, $2) returning id
     ), given as (
       insert into permission_set (ref, grants) values ($1, $3::jsonb) returning id
     )
     insert into permission_assignment (identity_id, permission_set_id) select mine.id, given.id from mine, given`,
    [login, passwordHash, JSON.stringify(grants)],
  );
  const { access_token: token } = await createClient({ baseUrl: url }).call(operations.login, {
    body: { ...credentials, login },
  });
  return token;
}

/** Of the first administrator, as long as nobody has changed it. */
let passwordHash: string | undefined;
