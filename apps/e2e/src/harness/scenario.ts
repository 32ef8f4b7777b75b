import { type ApiClient, createClient, operations } from '@attune/contract';
import { eventually } from '@attune/testing';

/** A webhook that runs actions, put together through the API as a user would. */
export interface Scenario {
  readonly client: ApiClient;
  /** Posts a payload to the webhook, by way of another API if one is given; gives the id of its event. */
  post(payload: unknown, by?: ApiClient): Promise<number>;
}

/** An action whose source is given here: up to 1,024 characters. */
export interface ScenarioAction {
  readonly name: string;
  readonly runtimeRef: 'core.shell' | 'core.python' | 'core.nodejs';
  readonly source: string;
}

export interface ScenarioRule {
  readonly name: string;
  readonly actionRef: string;
  readonly parameters?: Record<string, unknown>;
  readonly conditions?: unknown;
}

/** Logs in and creates a pack with actions, a webhook trigger and rules on it. `name` must be unused in this installation. */
export async function createScenario(
  baseUrl: string,
  credentials: { login: string; password: string },
  {
    name,
    actions = [],
    rules = [],
  }: { name: string; actions?: readonly ScenarioAction[]; rules?: readonly ScenarioRule[] },
): Promise<Scenario> {
  const client = await logIn(baseUrl, credentials);
  await client.call(operations.createPack, { body: { ref: name, label: name, version: '1.0.0' } });
  const trigger = `${name}.called`;
  await client.call(operations.createTrigger, { body: { ref: trigger, pack_ref: name, label: 'Called' } });
  const { webhook_key: key } = await client.call(operations.enableTriggerWebhook, { params: { ref: trigger } });
  for (const action of actions) {
    await client.call(operations.createAction, {
      body: {
        ref: `${name}.${action.name}`,
        pack_ref: name,
        label: action.name,
        runtime_ref: action.runtimeRef,
        entrypoint: action.source,
      },
    });
  }
  for (const rule of rules) {
    await client.call(operations.createRule, {
      body: {
        ref: `${name}.${rule.name}`,
        pack_ref: name,
        label: rule.name,
        trigger_ref: trigger,
        action_ref: rule.actionRef,
        ...(rule.parameters ? { action_params: rule.parameters } : {}),
        ...(rule.conditions === undefined ? {} : { conditions: rule.conditions }),
      },
    });
  }
  return {
    client,
    post: async (payload, by = client) => {
      const { event_id: eventId } = await by.call(operations.receiveWebhook, {
        params: { webhook_key: key ?? '' },
        query: {},
        body: { payload },
      });
      return eventId;
    },
  };
}

export async function logIn(baseUrl: string, credentials: { login: string; password: string }): Promise<ApiClient> {
  const anonymous = createClient({ baseUrl });
  const { access_token: token } = await anonymous.call(operations.login, { body: credentials });
  return createClient({ baseUrl, token });
}

/** Waits until every execution of an event's enforcements is terminal; gives them. */
export async function executionsOf(client: ApiClient, eventId: number, expected: number) {
  return eventually(async () => {
    const enforcements = await client.call(operations.listEnforcements, { query: { event: eventId } });
    expect(enforcements.items).toHaveLength(expected);
    const pages = await Promise.all(
      enforcements.items.map(({ id }) =>
        client.call(operations.listEnforcementExecutions, { params: { enforcement_id: id }, query: {} }),
      ),
    );
    const executions = pages.flatMap((page) => page.items);
    expect(executions).toHaveLength(expected);
    for (const execution of executions) expect(['completed', 'failed']).toContain(execution.status);
    return executions;
  }, 30_000);
}

/** Runs an action once; gives the id of the execution. */
export async function execute(
  client: ApiClient,
  actionRef: string,
  parameters: Record<string, unknown> = {},
): Promise<number> {
  const { id } = await client.call(operations.executeAction, { body: { action_ref: actionRef, parameters } });
  return id;
}

/** Waits until an execution has a status. @throws at once when it ended with another one */
export async function reaches(client: ApiClient, id: number, status: string) {
  const read = () => client.call(operations.getExecution, { params: { id }, query: {} });
  const last = await eventually(async () => {
    const execution = await read();
    expect([status, ...FINAL_STATES]).toContain(execution.status);
    return execution;
  }, 60_000);
  expect(last).toMatchObject({ status });
  return last;
}

const FINAL_STATES = ['completed', 'failed', 'cancelled', 'timeout', 'abandoned'];
