import { setTimeout as delay } from 'node:timers/promises';
import { type ChaosProduct } from '../product/chaos-product.js';
import { POLICIES } from '../work/chaos-pack.js';
import { type Finding } from './finding.js';

const PAUSE_MS = 250;

/**
 * One statement, so one moment: what holds a place by the admission tables, and what runs by the executions, must both stay
 * below the limit at any time. Afterwards it could not be told: the end of one and the begin of the next have no common clock.
 */
const OVER_THE_LIMIT = `
  select s.group_key || ': ' || count(*) || ' places taken of ' || s.max_concurrent as text, array_agg(n.execution) as ids
  from execution_admission_state as s
  join execution_admission_entry as n on n.state = s.id and n.status = 'active'
  group by s.id
  having count(*) > s.max_concurrent
  union all
  select x.action_ref || ' ' || coalesce(g.value, '') || ': ' || count(*) || ' at once, allowed are ' || l.threshold, array_agg(x.id)
  from jsonb_to_recordset($1::jsonb) as l (action text, threshold int, parameters text[])
  join execution as x on x.action_ref = l.action
  cross join lateral (select x.config ->> l.parameters[1] as value) as g
  where x.created >= $2 and x.status in ('scheduled', 'running', 'canceling')
  group by x.action_ref, g.value, l.threshold
  having count(*) > l.threshold`;

/** Looks again and again whether more runs than a policy allows. */
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
    const rows = await this.product.installation.rows<{ text: string; ids: string[] }>(OVER_THE_LIMIT, [
      JSON.stringify(POLICIES),
      this.began,
    ]);
    const invariant = 'no more at once than a policy allows';
    for (const { text, ids } of rows) {
      if (!this.seen.has(text)) this.seen.set(text, { invariant, text, ids: ids.map(Number) });
    }
  }
}
