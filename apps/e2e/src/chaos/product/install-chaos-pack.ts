import { createClient, operations } from '@attune/contract';
import { ACTIONS, PACK, POLICIES, RULES, sourceOf, TRIGGERS } from '../work/chaos-pack.js';
import { type ChaosProduct } from './chaos-product.js';

/** What is needed to offer work. */
export interface InstalledPack {
  readonly token: string;
  /** By the name of the trigger. */
  readonly webhookKeys: ReadonlyMap<string, string>;
}

/** Puts actions, triggers, rules and, if asked for, policies in place, before anything is killed. */
export async function installChaosPack(
  product: ChaosProduct,
  { withPolicies }: { withPolicies: boolean },
): Promise<InstalledPack> {
  const [baseUrl] = product.apiUrls;
  const body = product.installation.credentials;
  const { access_token: token } = await createClient({ baseUrl }).call(operations.login, { body });
  const client = createClient({ baseUrl, token });
  await client.call(operations.createPack, { body: { ref: PACK, label: 'Chaos', version: '1.0.0' } });
  for (const action of ACTIONS) {
    await client.call(operations.createAction, {
      body: {
        ref: `${PACK}.${action.name}`,
        pack_ref: PACK,
        label: action.name,
        runtime_ref: 'core.shell',
        entrypoint: sourceOf(action, product.journal),
      },
    });
  }
  const webhookKeys = new Map<string, string>();
  for (const name of TRIGGERS) {
    const ref = `${PACK}.${name}`;
    await client.call(operations.createTrigger, { body: { ref, pack_ref: PACK, label: name } });
    const { webhook_key: key } = await client.call(operations.enableTriggerWebhook, { params: { ref } });
    webhookKeys.set(name, key ?? '');
  }
  for (const rule of RULES) {
    await client.call(operations.createRule, {
      body: {
        ref: `${PACK}.${rule.name}`,
        pack_ref: PACK,
        label: rule.name,
        trigger_ref: `${PACK}.${rule.trigger}`,
        action_ref: rule.action,
        action_params: { ...rule.parameters, marker: '{{ event.payload.marker }}' },
        ...(rule.wantedOnly ? { conditions: [{ field: 'wanted', operator: 'equals', value: true }] } : {}),
        enabled: rule.isDisabled !== true,
      },
    });
  }
  await setWhatTheApiDoesNot(product, withPolicies);
  return { token, webhookKeys };
}

/** Timeouts of actions made over the API, and policies: there are no operations for them yet. */
async function setWhatTheApiDoesNot({ installation }: ChaosProduct, withPolicies: boolean): Promise<void> {
  for (const { name, timeoutSeconds } of ACTIONS) {
    if (timeoutSeconds === undefined) continue;
    await installation.rows('update action as a set timeout_seconds = $2 where a.ref = $1', [
      `${PACK}.${name}`,
      timeoutSeconds,
    ]);
  }
  if (!withPolicies) return;
  for (const { name, action, method, threshold, parameters } of POLICIES) {
    await installation.rows(
      `insert into policy (ref, pack, pack_ref, name, action, action_ref, method, threshold, parameters)
       select $1, a.pack, a.pack_ref, $2, a.id, a.ref, $4::policy_method, $5, $6::text[]
       from action as a
       where a.ref = $3`,
      [`${PACK}.${name}`, name, action, method, threshold, parameters],
    );
  }
}
