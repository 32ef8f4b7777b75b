import { setTimeout as delay } from 'node:timers/promises';
import { type ChaosProduct } from '../product/chaos-product.js';
import { POLICIES } from '../work/chaos-pack.js';
import { type Finding } from './finding.js';

const PAUSE_MS = 250;

/**
 * One statement, so one moment. What holds a place by the admission tables, and what runs by the executions, must stay below the
 * limit at any time and be the same. Afterwards it could not be told: the end of one and the begin of the next have no common
 * clock.
 */
const BREACHES = `
  with limited as (
    select l.action, l.threshold, l.parameters[1] as parameter
    from jsonb_to_recordset($1::jsonb) as l (action text, threshold int, parameters text[])
  ),
  given as (
    select x.id, x.status, x.action_ref, l.threshold, coalesce(x.config ->> l.parameter, '') as value
    from limited as l
    join execution as x on x.action_ref = l.action
    where x.created >= $2
  ),
  holding as (
    select n.execution as id, n.state
    from execution_admission_entry as n
    where n.status = 'active'
  )
  select s.group_key || ': ' || count(*) || ' places taken of ' || s.max_concurrent as text, array_agg(h.id) as ids
  from execution_admission_state as s
  join holding as h on h.state = s.id
  group by s.id
  having count(*) > s.max_concurrent
  union all
  select g.action_ref || ' ' || g.value || ': ' || count(*) || ' at once, allowed are ' || g.threshold, array_agg(g.id)
  from given as g
  where g.status in ('scheduled', 'running', 'canceling')
  group by g.action_ref, g.value, g.threshold
  having count(*) > g.threshold
  union all
  select g.action_ref || ' is ' || g.status || case when h.id is null then ' without' else ' with' end || ' a place', array[g.id]
  from given as g
  left join holding as h on h.id = g.id
  where case when h.id is null then g.status in ('scheduled', 'running', 'canceling')
    else g.status in ('completed', 'failed', 'timeout', 'cancelled', 'abandoned') end`;

/** Looks again and again whether limits hold and places are where the executions are. */
export class SlotWatch {
  /** By their text: the same breach is seen many times. */
  private readonly seen = new Map<string, Finding>();
  private readonly stopping = new AbortController();
  private loop: Promise<void> | undefined;

  constructor(
    private readonly product: ChaosProduct,
    private readonly began: string,
  ) {}

  get findings(): readonly Finding[] {
    return [...this.seen.values()];
  }

  start(): void {
    this.loop ??= this.lookUntilStopped();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loop;
  }

  private async lookUntilStopped(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.look().catch(() => undefined); // PostgreSQL is away
      await delay(PAUSE_MS, undefined, { signal }).catch(() => undefined); // stopped
    }
  }

  private async look(): Promise<void> {
    const rows = await this.product.installation.rows<{ text: string; ids: string[] }>(BREACHES, [
      JSON.stringify(POLICIES),
      this.began,
    ]);
    const invariant = 'limits of policies hold at any time';
    for (const { text, ids } of rows) {
      if (!this.seen.has(text)) this.seen.set(text, { invariant, text, ids: ids.map(Number) });
    }
  }
}
