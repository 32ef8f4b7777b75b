import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { Installation } from '../../../harness/installation.js';
import { type Answer, type Offer } from '../../run/offer.js';
import { type WorkItem } from '../../work/work-item.js';
import { checkDatabase } from '../check-everything.js';

/** A small run as it should have gone, and what each invariant says when something of it is changed. */
describe('the invariants', () => {
  let installation: Installation;
  let db: pg.Client;
  let journal: string;
  let ids: Record<'event' | 'enforced' | 'noted' | 'other' | 'byHand' | 'cancelled', number>;
  let journalLines: number[];

  const one = async (statement: string, values: readonly unknown[] = []): Promise<number> =>
    Number((await db.query<{ id: string }>(statement, [...values])).rows[0]?.id);
  const event = (marker: string) =>
    one(
      `insert into event (id, created, trigger_ref, payload)
       select t.id, time_id_created(t.id), 'chaos.quick', jsonb_build_object('marker', $1::text) from (select time_id() as id offset 0) as t
       returning id`,
      [marker],
    );
  const enforcement = (of: number, rule: string) =>
    one(
      `insert into enforcement (id, created, trigger_ref, rule_ref, event, status, resolved_at)
       select t.id, time_id_created(t.id), 'chaos.quick', $2, $1, 'processed', now() from (select time_id() as id offset 0) as t
       returning id`,
      [of, rule],
    );
  const execution = (action: string, config: object, of: number | null = null) =>
    one(
      `insert into execution (id, created, action_ref, config, enforcement)
       select t.id, time_id_created(t.id), $1, $2, $3 from (select time_id() as id offset 0) as t
       returning id`,
      [action, config, of],
    );
  const move = async (id: number, status: string, result: object | null = null) => {
    await db.query(
      `update execution as x set status = $2::execution_status, result = $3
       where x.id = $1 and x.created = time_id_created($1)`,
      [id, status, result],
    );
  };
  const run = async (id: number, end: string, result: object) => {
    for (const status of ['scheduled', 'running']) await move(id, status);
    await move(id, end, result);
  };

  beforeAll(async () => {
    installation = await Installation.create(); // its API migrates
    journal = join(installation.folder, 'journal');
  });

  afterAll(() => installation.close());

  beforeEach(async () => {
    db = await installation.connect();
    await db.query('begin');
    const happened = await event('hook');
    const enforced = await enforcement(happened, 'chaos.quick_core');
    const noted = await execution('chaos.note', { marker: 'hook' }, await enforcement(happened, 'chaos.quick_note'));
    const other = await execution('core.noop', { marker: 'hook' }, enforced);
    const byHand = await execution('chaos.note', { marker: 'hand' });
    const cancelled = await execution('chaos.doze', { marker: 'cancel' });
    for (const id of [noted, other, byHand]) await run(id, 'completed', { succeeded: true });
    await move(cancelled, 'cancelled', { error: 'Cancelled by user before execution started' });
    ids = { event: happened, enforced, noted, other, byHand, cancelled };
    journalLines = [noted, byHand];
  });

  afterEach(async () => {
    await db.query('rollback');
    await db.end();
  });

  const accepted = (id: number, status = 'requested'): Answer => ({ outcome: 'accepted', id, status });
  const offer = (marker: string, type: 'webhook' | 'execution', answer: Answer, cancellation: Answer | null = null) =>
    ({ item: { marker, type, kind: 'execution' } as WorkItem, answer, cancellation }) satisfies Offer;
  const findings = async (extra: readonly Offer[] = []): Promise<string[]> => {
    await writeFile(journal, journalLines.map((id) => `${id}\n`).join(''));
    const offers = [
      offer('hook', 'webhook', accepted(ids.event)),
      offer('hand', 'execution', accepted(ids.byHand)),
      offer('cancel', 'execution', accepted(ids.cancelled), accepted(ids.cancelled, 'cancelled')),
      offer('lost', 'webhook', { outcome: 'unknown', reason: 'no answer' }),
      ...extra,
    ];
    const began = (await db.query<{ at: string }>(`select (now() - interval '1 second')::text as at`)).rows[0]!.at;
    const found = await checkDatabase(db, { began, offers, journal });
    return [...new Set(found.map(({ invariant, text }) => `${invariant}: ${text}`))];
  };

  it('hold for a run that went well', async () => {
    expect(await findings()).toEqual([]);
  });

  it.each<[string, RegExp, () => unknown]>([
    [
      'accepted work that is lost',
      /^accepted work .* is there 0 times$/,
      () => db.query(`update execution as x set config = '{}' where x.id = $1`, [ids.byHand]),
    ],
    ['work that is there twice', /^accepted work .* is there 2 times$/, () => event('hook')],
    [
      'unanswered work that is there twice',
      /unknown .* is there 2 times$/,
      async () => [await event('lost'), await event('lost')],
    ],
    ['work nobody offered', /never offered .* is there 1 times$/, () => event('nobody')],
    [
      'a rule that was not enforced',
      /^one enforcement .* was not enforced$/,
      () => db.query(`delete from enforcement as n where n.id = $1`, [ids.enforced]),
    ],
    [
      'a rule that was enforced twice',
      /^one enforcement .* 2 times$/,
      () => enforcement(ids.event, 'chaos.quick_core'),
    ],
    ['a rule that does not match', /does not match/, () => enforcement(ids.event, 'chaos.filtered_wanted')],
    ['an enforcement without an execution', /with 0 executions$/, () => enforcement(ids.event, 'chaos.quick_core')],
    ['an enforcement with two executions', /with 2 executions$/, () => execution('core.noop', {}, ids.enforced)],
    [
      'a life after the end',
      /^statuses .* from completed to failed/,
      () => move(ids.byHand, 'failed', { failed_by: 'x' }),
    ],
    [
      'a hole in the history',
      /^statuses .* from running to completed after requested/,
      () =>
        db.query(
          `delete from execution_history as h where h.entity_id = $1 and h.new_values ->> 'status' in ('scheduled', 'running')`,
          [ids.other],
        ),
    ],
    [
      'a change without history',
      /^the history ends .* the row is completed, the history ends with running/,
      () =>
        db.query(
          `delete from execution_history as h where h.entity_id = $1 and h.new_values ->> 'status' = 'completed'`,
          [ids.other],
        ),
    ],
    [
      'an execution that never ends',
      /^every execution ends: still requested/,
      () => execution('core.noop', { marker: 'hand' }),
    ],
    ['a second start', /^an action is started .* journal has it 2 times/, () => journalLines.push(ids.noted)],
    ['a start nobody knows of', /ran without having been running/, () => journalLines.push(ids.cancelled)],
    ['a completion without a start', /completed without having run/, () => journalLines.pop()],
    ['a cancelled action that ran', /^a cancellation holds: .* and it ran/, () => journalLines.push(ids.cancelled)],
    [
      'a success of what cannot succeed',
      /^the end that is told .* chaos.fail is completed/,
      async () => {
        const id = await execution('chaos.fail', {}, ids.enforced);
        await run(id, 'completed', { succeeded: true });
      },
    ],
    [
      'a failure of what cannot fail',
      /^the end that is told .* core.noop is failed/,
      async () => {
        const id = await execution('core.noop', {}, ids.enforced);
        await run(id, 'failed', { succeeded: false, exit_code: 1 });
      },
    ],
    [
      'a cancellation nobody asked for',
      /^the end that is told .* core.noop is cancelled/,
      async () => await move(await execution('core.noop', {}, ids.enforced), 'cancelled'),
    ],
    [
      'a message that is left',
      /^no message.*message event.created of queue test/,
      () => db.query(`insert into outbox_message (queue, topic, payload) values ('test', 'event.created', '{}')`),
    ],
    [
      'a place that is kept',
      /^places of policies .* active place of an execution that is completed/,
      async () => {
        const policy = await one(`insert into policy (ref, name, threshold) values ('chaos.x', 'x', 1) returning id`);
        const state = await one(
          `insert into execution_admission_state (policy, group_key, max_concurrent) values ($1, '', 1) returning id`,
          [policy],
        );
        await db.query(
          `insert into execution_admission_entry (state, execution, action_ref, status, queue_order, activated_at)
           values ($1, $2, 'core.noop', 'active', 1, now())`,
          [state, ids.noted],
        );
      },
    ],
  ])('find %s', async (_, text, change) => {
    await change();
    expect(await findings()).toEqual(expect.arrayContaining([expect.stringMatching(text)]));
  });

  it('find a running execution that was cancelled and ends otherwise', async () => {
    const id = await execution('chaos.doze', { marker: 'late' });
    for (const status of ['scheduled', 'running', 'abandoned']) await move(id, status);
    journalLines.push(id);
    const late = offer('late', 'execution', accepted(id), accepted(id, 'canceling'));
    expect(await findings([late])).toEqual([expect.stringMatching(/^a cancellation holds: .* the row is abandoned/)]);
  });
});
