import { eventually } from '@attune/testing';
import { type ChaosProduct } from '../product/chaos-product.js';

/** More than any execution, retry of a message (60 s at most) and timeout needs after the last fault. */
const WITHIN_MS = 150_000;

/** Waits until nothing lives or waits any more; false when it does not come to rest in time: then the invariants say what. */
export async function waitUntilDrained({ installation }: ChaosProduct, began: string): Promise<boolean> {
  const check = async (): Promise<void> => {
    const rows = await installation.rows<{ left: string }>(
      `select
         (select count(*) from outbox_message)
         + (select count(*) from dispatch)
         -- Their message may be at a broker.
         + (select count(*) from event as e
            where e.created >= $1
              and exists (select from rule as r where r.trigger = e.trigger and r.enabled and r.conditions in ('{}', '[]'))
              and not exists (select from enforcement as n where n.event = e.id and n.created >= $1))
         + (select count(*) from execution as x
            where x.created >= $1
              and x.status in ('requested', 'scheduling', 'scheduled', 'running', 'canceling')) as left`,
      [began],
    );
    if (rows[0]?.left !== '0') throw new Error(`${rows[0]?.left ?? '?'} left`);
  };
  try {
    await eventually(check, WITHIN_MS);
    return true;
  } catch {
    return false;
  }
}
