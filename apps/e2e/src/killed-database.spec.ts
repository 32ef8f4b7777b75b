import { eventually } from '@attune/testing';
import { Installation } from './harness/installation.js';
import { createScenario, type Scenario } from './harness/scenario.js';

const CALLERS = 4;
const ACCEPTED_EACH = 15;

describe('a PostgreSQL that is killed under load', () => {
  let installation: Installation;
  let scenario: Scenario;

  beforeAll(async () => {
    installation = await Installation.create();
    await Promise.all([installation.start('executor'), installation.start('worker')]);
    scenario = await createScenario(installation.url, installation.credentials, {
      name: 'crash',
      rules: [{ name: 'noop', actionRef: 'core.noop' }],
    });
  });

  afterAll(() => installation.close());

  it('takes no accepted event with it, and none is worked on twice', async () => {
    const accepted: number[] = [];
    const half = Promise.withResolvers<undefined>();
    const call = async () => {
      for (let n = 0; n < ACCEPTED_EACH; n += 1) {
        // Refused while the database is away; a caller then tries again.
        accepted.push(await eventually(() => scenario.post({ n }), 60_000));
        if (accepted.length === (CALLERS * ACCEPTED_EACH) / 2) half.resolve(undefined);
      }
    };
    const calls = Promise.all(Array.from({ length: CALLERS }, call));
    await half.promise;
    await installation.crashDatabase();
    await calls;
    await installation.expectOnce(accepted, ['crash.noop']);

    // A refused call may have left its event nevertheless; then that too was worked on exactly once.
    const events = await installation.rows<{ id: string }>(`select e.id from event as e where e.trigger_ref = $1`, [
      'crash.called',
    ]);
    await installation.expectOnce(
      events.map(({ id }) => Number(id)),
      ['crash.noop'],
    );
  });
});
