import { DomainError, type EventEntity, findEvent, SensorEntity } from '@attune/common';
import { type CreateEventRequest, operations } from '@attune/contract';
import { type Json, stringifyJson } from '@attune/engine';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AccessService } from '../access/access.service.js';
import { type Caller } from '../access/caller.js';
import { found } from '../domain/found.js';
import { objectOrNull } from '../domain/wire.js';
import { eventTarget } from './show-event.js';
import { type AddressedRule, listAddressedRules } from './sql/list-addressed-rules.sql.js';
import { listTriggerIds } from './sql/list-trigger-ids.sql.js';
import { type EventToRecord, recordEvents } from './sql/record-events.sql.js';

const RULE_INSTANCE = /^rule_(\d{1,15})$/;

/** Records what sensors and executions report. People do not: their tokens are refused before they get here. */
@Injectable()
export class CreateEventService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AccessService) private readonly access: AccessService,
  ) {}

  async one(caller: Caller, body: CreateEventRequest): Promise<EventEntity> {
    const [id = 0] = await this.many(caller, [body]);
    return found('event', id, await findEvent(this.dataSource, id));
  }

  /** Gives the ids in the order of the bodies. @throws DomainError when one of them is refused: then none is recorded */
  async many(caller: Caller, bodies: readonly CreateEventRequest[]): Promise<number[]> {
    const refs = [...new Set(bodies.map(({ trigger_ref }) => trigger_ref))];
    for (const ref of refs) this.requireRight(caller, ref);
    const triggers = await listTriggerIds(this.dataSource, refs);
    const rules = await listAddressedRules(
      this.dataSource,
      bodies.map(ruleIdOf).filter((id) => id !== null),
    );
    const source = await this.sensorOf(caller);
    const events = bodies.map((body): EventToRecord => {
      const trigger = found('trigger', body.trigger_ref, triggers.get(body.trigger_ref) ?? null);
      const rule = ruleOf(body, trigger, rules);
      return {
        trigger,
        triggerRef: body.trigger_ref,
        configText: textOf(objectOrNull('config', body.config)),
        payloadText: textOf(body.payload ?? null),
        source,
        sourceRef: caller.facts.login,
        rule: rule?.id ?? null,
        ruleRef: rule?.ref ?? null,
        triggerInstanceId: body.trigger_instance_id ?? null,
      };
    });
    return recordEvents(this.dataSource, events);
  }

  /** A sensor reports for the triggers of its token; an execution needs a grant. */
  private requireRight(caller: Caller, triggerRef: string): void {
    if (caller.facts.tokenType !== 'sensor') {
      this.access.require(caller, operations.createEvent, eventTarget({ id: 0, trigger_ref: triggerRef }));
      return;
    }
    caller.isChecked = true;
    if (caller.facts.triggerRefs.includes(triggerRef)) return;
    throw new DomainError('permission.forbidden', `This sensor may not create events of ${triggerRef}`);
  }

  private async sensorOf({ facts }: Caller): Promise<number | null> {
    if (facts.tokenType !== 'sensor') return null;
    const sensor = await this.dataSource.getRepository(SensorEntity).findOneBy({ ref: facts.login });
    return sensor?.id ?? null;
  }
}

/** `rule_<id>` sends an event to that rule alone. */
function ruleIdOf({ trigger_instance_id: instance }: CreateEventRequest): number | null {
  const id = RULE_INSTANCE.exec(instance ?? '')?.[1];
  return id === undefined ? null : Number(id);
}

/** @throws DomainError 404 when the addressed rule is not one of the trigger */
function ruleOf(
  body: CreateEventRequest,
  trigger: number,
  rules: ReadonlyMap<number, AddressedRule>,
): AddressedRule | null {
  const id = ruleIdOf(body);
  if (id === null) return null;
  const rule = rules.get(id);
  return found('rule', `${id} of trigger ${body.trigger_ref}`, rule?.trigger === trigger ? rule : null);
}

const textOf = (value: Json): string | null => (value === null ? null : stringifyJson(value));
