import { eventually, type ServiceProcess } from '@attune/testing';
import { Installation } from './harness/installation.js';

/** Keys of `ADVISORY_LOCK` in libs/common. */
const MAINTENANCE = 7_821_001;
const RECOVERY = 7_821_003;

/** What is promised for the work that only one of several executors may do: another one has it this soon after a death. */
const WITHIN_MS = 15_000;

describe('what only one of two executors does', () => {
  let installation: Installation;

  beforeAll(async () => {
    // The settings of every day: the promise holds without turning anything.
    installation = await Installation.create({ ATTUNE__EXECUTOR__RECOVERY_INTERVAL: '30' });
  });

  afterAll(() => installation.close());

  /** The sessions that hold an advisory lock, by the name they gave. */
  const holders = async (key: number): Promise<string[]> =>
    (
      await installation.rows<{ name: string }>(
        `select a.application_name as name
         from pg_locks as l
         join pg_stat_activity as a on a.pid = l.pid
         where l.locktype = 'advisory' and l.granted and l.classid = 0 and l.objid = $1::bigint::oid and l.objsubid = 1`,
        [key],
      )
    ).map(({ name }) => name);

  const takesFrom = async (victim: ServiceProcess, successor: ServiceProcess): Promise<number> => {
    await victim.kill();
    const died = performance.now();
    await eventually(async () => {
      expect(await holders(MAINTENANCE)).toEqual([
        expect.stringMatching(new RegExp(`^attune-maintenance ${successor.pid}@`)),
      ]);
    }, 2 * WITHIN_MS);
    return performance.now() - died;
  };

  it('goes to the other one when the holder of the maintenance is killed, and back again', async () => {
    const [one, two] = await Promise.all([installation.start('executor'), installation.start('executor')]);
    const [holder] = await eventually(async () => {
      const names = await holders(MAINTENANCE);
      expect(names).toHaveLength(1);
      return names;
    });
    const isOne = holder?.startsWith(`attune-maintenance ${one.pid}@`) === true;
    const [victim, successor] = isOne ? [one, two] : [two, one];
    expect(await takesFrom(victim, successor)).toBeLessThan(WITHIN_MS);

    const third = await installation.start('executor');
    expect(await takesFrom(successor, third)).toBeLessThan(WITHIN_MS);
    await third.stop();
    expect(await holders(MAINTENANCE)).toEqual([]); // who leaves in order leaves nothing held
  });

  it('is swept for by the other one when an executor is killed in the middle of its sweep', async () => {
    const table = await installation.connect();
    await table.query('begin');
    await table.query('lock table enforcement in access exclusive mode');
    const left = await table.query<{ id: string }>(
      `insert into enforcement (id, created, trigger_ref, rule_ref)
       select t.id, time_id_created(t.id), 'gone.trigger', 'gone.rule'
       from (select (time_id() / 4096 - 60000) * 4096 as id offset 0) as t
       returning id`,
    );
    const victim = await installation.start('executor');
    await eventually(async () => {
      expect(await holders(RECOVERY)).toEqual(['attune-executor']); // held inside its sweep by our lock
    });
    const successor = await installation.start('executor');
    await victim.kill();
    const died = performance.now();
    await table.query('commit');
    await table.end();

    await eventually(async () => {
      const rows = await installation.rows(
        'select n.status from enforcement as n where n.id = $1 and n.created = time_id_created($1)',
        [left.rows[0]?.id],
      );
      expect(rows).toEqual([{ status: 'disabled' }]);
    }, 2 * WITHIN_MS);
    expect(performance.now() - died).toBeLessThan(WITHIN_MS);
    await successor.stop();
  });
});
