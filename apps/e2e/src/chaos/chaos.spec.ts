import { runChaos } from './run/run-chaos.js';

/** A few seconds of it, so that the harness cannot rot: this seed kills PostgreSQL, a worker and an executor. */
describe('a few seconds of chaos', () => {
  it('break nothing', async () => {
    const { violations, answers, executions, faults } = await runChaos({
      seed: 2709,
      minutes: 0.12,
      transport: 'postgres',
      brokerUrl: null,
      withPolicies: true,
      keepLogs: false,
      say: () => undefined,
    });
    expect(violations).toEqual([]);
    expect(answers['accepted']).toBeGreaterThan(0);
    expect(executions['completed']).toBeGreaterThan(0);
    expect(Object.keys(faults)).toEqual(['crash database', 'kill executor-2', 'kill worker-2']);
  }, 240_000);
});
