import { readFile } from 'node:fs/promises';
import { EXECUTION_TRANSITIONS } from '@attune/engine';
import type pg from 'pg';
import { type Offer } from '../run/offer.js';
import { PACK, RULES } from '../work/chaos-pack.js';

export interface KnownFacts {
  /** ISO 8601, by the clock of the database: nothing of the run is older. */
  readonly began: string;
  readonly offers: readonly Offer[];
  readonly journal: string;
}

/** Tells the database, in tables of this session, what is known from outside of it. */
export async function prepareTables(db: pg.Client, { began, offers, journal }: KnownFacts): Promise<void> {
  await db.query(`
    create temp table chaos_run (began timestamptz not null);
    create temp table chaos_offer (
      marker text primary key, type text not null, kind text not null, outcome text not null, id bigint,
      cancellation text, cancelled_as text
    );
    create temp table chaos_rule (trigger_ref text not null, rule_ref text not null, wanted_only boolean not null);
    create temp table chaos_move (was text not null, becomes text not null);
    create temp table chaos_journal (execution bigint not null)`);
  await db.query('insert into chaos_run (began) values ($1)', [began]);
  await fill(db, 'chaos_offer', offers.map(offerRow));
  await fill(
    db,
    'chaos_rule',
    RULES.filter(({ isDisabled }) => isDisabled !== true).map(({ trigger, name, wantedOnly }) => ({
      trigger_ref: `${PACK}.${trigger}`,
      rule_ref: `${PACK}.${name}`,
      wanted_only: wantedOnly === true,
    })),
  );
  await fill(
    db,
    'chaos_move',
    EXECUTION_TRANSITIONS.map(({ from, to }) => ({ was: from, becomes: to })),
  );
  const lines = (await readFile(journal, 'utf8')).split('\n').filter((line) => line !== '');
  await fill(
    db,
    'chaos_journal',
    lines.map((execution) => ({ execution })),
  );
}

const offerRow = ({ item, answer, cancellation }: Offer) => ({
  marker: item.marker,
  type: item.type,
  kind: item.kind,
  outcome: answer.outcome,
  id: answer.outcome === 'accepted' ? answer.id : null,
  cancellation: cancellation?.outcome ?? null,
  cancelled_as: cancellation?.outcome === 'accepted' ? cancellation.status : null,
});

/** `table` is one of ours, created above. */
async function fill(db: pg.Client, table: string, rows: readonly Record<string, unknown>[]): Promise<void> {
  await db.query(`insert into ${table} select t.* from jsonb_populate_recordset(null::${table}, $1::jsonb) as t`, [
    JSON.stringify(rows),
  ]);
}
