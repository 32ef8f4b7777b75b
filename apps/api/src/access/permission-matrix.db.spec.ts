import { type AnyOperation, type ApiClient, operations } from '@attune/contract';
import { exampleRequest } from '../../spec/example-requests.js';
import { callerTokens, CALLERS, type MatrixCaller } from '../../spec/matrix-callers.js';
import { permissionMatrix } from '../../spec/permission-matrix.js';
import { createScene, type Scene, SCENE_SETTINGS } from '../../spec/scene.js';
import { startTestApi, type TestApi } from '../../spec/test-api.js';
import { unavailableOperations } from '../unavailable/unavailable-operations.js';

const known = new Map(Object.entries<AnyOperation>(operations));
const available = [...known.values()].filter((operation) => !unavailableOperations.includes(operation));

/** What nobody can do here, and why. */
const REFUSED_TO_ALL: Readonly<Record<string, string>> = {
  beginOidcLogin: 'no provider is set up',
  changePassword: 'none of the callers has one',
  finishOidcLogin: 'no provider is set up',
  logInWithLdap: 'no directory is set up',
  register: 'not switched on',
};

describe('the permission matrix', () => {
  let api: TestApi;
  let scene: Scene;
  let clients: Record<MatrixCaller, ApiClient>;

  beforeAll(async () => {
    api = await startTestApi({}, SCENE_SETTINGS);
    scene = await createScene(api);
    const tokens = Object.entries(await callerTokens(scene));
    clients = Object.fromEntries(tokens.map(([caller, token]) => [caller, api.withToken(token)])) as typeof clients;
  });
  afterAll(() => scene.close());

  it('has a line for every operation, and a whole one for what this version has', () => {
    const lines = [...permissionMatrix];
    expect([...known.keys()].filter((name) => !permissionMatrix.has(name))).toEqual([]);
    expect(lines.map(([name]) => name).filter((name) => !known.has(name))).toEqual([]);
    // What is not there yet may have its line already.
    expect(available.filter(({ operationId }) => permissionMatrix.get(operationId) === 'unavailable')).toEqual([]);
  });

  it.each(available.map((operation) => [operation.operationId, operation] as const))(
    'holds for %s',
    async (name, operation) => {
      const line = permissionMatrix.get(name);
      const answers: Partial<Record<MatrixCaller, unknown>> = {};
      // One after the other: what one uses up is made anew for the next.
      for (const caller of CALLERS) answers[caller] = await answerTo(clients[caller], operation);
      expect(answers).toEqual(line);
      // A line of refusals alone would tell nothing: the request itself may be wrong.
      if (REFUSED_TO_ALL[name] === undefined) expect(Object.values(answers)).toContain(operation.success.status);
    },
  );

  /** The status, or why there is no answer that the contract knows. */
  async function answerTo(client: ApiClient, operation: AnyOperation): Promise<unknown> {
    const input = await exampleRequest(scene, operation);
    try {
      await client.call(operation as typeof operations.listRules, input);
      return operation.success.status;
    } catch (error) {
      return (error as { status?: number }).status ?? error;
    }
  }
});
