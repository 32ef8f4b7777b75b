import { randomBytes } from 'node:crypto';
import { type ApiClient, createClient, operations, RbacAction, RbacResource } from '@attune/contract';
import { type Installation } from '../harness/installation.js';
import { execute } from '../harness/scenario.js';

/** Secrets that were given to the product. None of them may ever be seen again. */
export interface Canaries {
  readonly keyValue: string;
  readonly parameter: string;
  readonly packConfig: string;
  readonly password: string;
  readonly integrationToken: string;
  readonly webhookSecret: string;
  /** No secret: shows that what looks for the others would find them. */
  readonly noSecret: string;
}

export const secretsOf = ({ noSecret: _, ...secrets }: Canaries): string[] => Object.values(secrets);

export const newCanaries = (): Canaries => ({
  keyValue: canary(),
  parameter: canary(),
  packConfig: canary(),
  password: canary(),
  integrationToken: '', // made by the product
  webhookSecret: canary(),
  noSecret: canary(),
});

const canary = (): string => `canary-${randomBytes(12).toString('hex')}`;

/** One of everything in a pack of its own, made as a user would, with a canary wherever a secret goes. */
export async function createFuzzScene(installation: Installation, name: string, given: Canaries): Promise<Canaries> {
  const login = `fuzz.maker-${name}`;
  const token = await newCaller(installation, login, everything(RbacAction.options));
  const client = createClient({ baseUrl: installation.url, token });
  await createDefinitions(client, name, given);
  await client.call(operations.createKey, {
    body: { ref: `${name}.key`, owner_type: 'system', name: `${name}-key`, value: given.keyValue, encrypted: true },
  });
  // It may have to wait for a long time: somebody may have cordoned the worker, or filled it.
  const execution = await execute(client, `${name}.greet`, { name: 'somebody', secret: given.parameter });
  await client.call(operations.createInquiry, { body: { execution, prompt: 'Go on?' } });
  const { id } = await client.call(operations.createIdentity, {
    body: { login: `${name}-owner`, password: given.password },
  });
  const made = await client.call(operations.createIntegrationToken, { params: { id }, body: { label: 'ci' } });
  return { ...given, integrationToken: made.token };
}

async function createDefinitions(client: ApiClient, name: string, given: Canaries): Promise<void> {
  await client.call(operations.createPack, {
    body: {
      ref: name,
      label: given.noSecret,
      version: '1.0.0',
      conf_schema: { token: { type: 'string', secret: true } },
      config: { token: given.packConfig },
    },
  });
  const trigger = `${name}.called`;
  await client.call(operations.createTrigger, { body: { ref: trigger, pack_ref: name, label: 'Called' } });
  await client.call(operations.enableTriggerWebhook, { params: { ref: trigger } });
  await client.call(operations.updateTriggerWebhookConfig, {
    params: { ref: trigger },
    body: { hmac: { enabled: true, secret: given.webhookSecret, algorithm: 'sha256' } },
  });
  await client.call(operations.createAction, {
    body: {
      ref: `${name}.greet`,
      pack_ref: name,
      label: 'Greet',
      runtime_ref: 'core.shell',
      entrypoint: 'echo hello',
      param_schema: { name: { type: 'string' }, secret: { type: 'string', secret: true } },
    },
  });
  await client.call(operations.createRule, {
    body: {
      ref: `${name}.rule`,
      pack_ref: name,
      label: 'Rule',
      trigger_ref: trigger,
      action_ref: `${name}.greet`,
      action_params: { name: '{{ event.payload.name }}', secret: given.parameter },
    },
  });
}

/** Tokens of those who send requests: nobody, a viewer, and mostly somebody who may do everything but see secrets. */
export async function logInCallers(installation: Installation, round: number): Promise<(string | null)[]> {
  const most = await newCaller(
    installation,
    `fuzz.all-${round}`,
    everything(RbacAction.options.filter((action) => action !== 'decrypt')),
  );
  const [viewer] = await installation.rows<{ grants: unknown }>(
    `select p.grants from permission_set as p where p.ref = 'core.viewer'`,
  );
  const reader = await newCaller(installation, `fuzz.viewer-${round}`, viewer?.grants ?? []);
  return [null, reader, most, most, most, most];
}

function everything(actions: readonly RbacAction[]) {
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
