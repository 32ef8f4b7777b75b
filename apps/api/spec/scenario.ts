import { type ApiClient, operations } from '@attune/contract';

/** A pack `demo` with a webhook trigger, an action and a rule that joins them. */
export async function createDemo(client: ApiClient, ref = 'demo') {
  await client.call(operations.createPack, { body: { ref, label: 'Demo', version: '1.0.0' } });
  const trigger = await client.call(operations.createTrigger, {
    body: { ref: `${ref}.called`, pack_ref: ref, label: 'Called', param_schema: { level: { type: 'integer' } } },
  });
  const action = await client.call(operations.createAction, {
    body: {
      ref: `${ref}.greet`,
      pack_ref: ref,
      label: 'Greet',
      entrypoint: 'echo "hello $PARAM_NAME"',
      runtime_ref: 'core.shell',
      param_schema: {
        name: { type: 'string', required: true },
        times: { type: 'integer', minimum: 1 },
        token: { type: 'string', secret: true },
      },
    },
  });
  const rule = await client.call(operations.createRule, {
    body: ruleBody(ref, 'on-call'),
  });
  return { trigger, action, rule };
}

export const ruleBody = (pack: string, name: string) => ({
  ref: `${pack}.${name}`,
  pack_ref: pack,
  label: 'Rule',
  trigger_ref: `${pack}.called`,
  action_ref: `${pack}.greet`,
  action_params: { name: '{{ event.payload.name }}' },
});
