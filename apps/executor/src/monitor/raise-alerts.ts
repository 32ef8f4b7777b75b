import { findTrigger, insertEvents, publish } from '@attune/common';
import { type JsonObject } from '@attune/engine';
import { type EntityManager } from 'typeorm';

/** Trigger of the core pack for what operators should know. */
const ALERT_TRIGGER = 'core.alert';

/** Raises alerts as events, so that rules can act on them. None without the core pack. */
export async function raiseAlerts(db: EntityManager, payloads: readonly JsonObject[]): Promise<void> {
  if (payloads.length === 0) return;
  const trigger = await findTrigger(db, ALERT_TRIGGER);
  if (trigger === null) return;
  const ids = await insertEvents(
    db,
    payloads.map((payload) => ({
      trigger: trigger.id,
      trigger_ref: trigger.ref,
      payload,
      source_ref: 'attune.executor',
    })),
  );
  await publish(
    db,
    ids.map((id) => ({ topic: 'event.created', payload: { event_id: id } })),
  );
}
