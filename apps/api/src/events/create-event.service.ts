import {
  type Database,
  DomainError,
  type EventEntity,
  findEvent,
  findTrigger,
  RuleEntity,
  SensorEntity,
  type TriggerEntity,
} from '@attune/common';
import { type CreateEventRequest, operations } from '@attune/contract';
import { type Json, stringifyJson } from '@attune/engine';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AccessService } from '../access/access.service.js';
import { type Caller } from '../access/caller.js';
import { found } from '../domain/found.js';
import { objectOrNull } from '../domain/wire.js';
import { recordEvent } from './sql/record-event.sql.js';
import { eventTarget } from './show-event.js';

const RULE_INSTANCE = /^rule_(\d{1,15})$/;

/** Records what a sensor or an execution reports. People do not: their tokens are refused before they get here. */
@Injectable()
export class CreateEventService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AccessService) private readonly access: AccessService,
  ) {}

  async execute(caller: Caller, body: CreateEventRequest): Promise<EventEntity> {
    this.requireRight(caller, body.trigger_ref);
    const trigger = found('trigger', body.trigger_ref, await findTrigger(this.dataSource, body.trigger_ref));
    const rule = await findAddressedRule(this.dataSource, trigger, body.trigger_instance_id);
    const id = await recordEvent(this.dataSource, {
      trigger: trigger.id,
      triggerRef: trigger.ref,
      configText: textOf(objectOrNull('config', body.config)),
      payloadText: textOf(body.payload ?? null),
      source: await this.sensorOf(caller),
      sourceRef: caller.facts.login,
      rule: rule?.id ?? null,
      ruleRef: rule?.ref ?? null,
      triggerInstanceId: body.trigger_instance_id ?? null,
    });
    return found('event', id, await findEvent(this.dataSource, id));
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

/** `rule_<id>` sends an event to that rule alone. @throws DomainError 404 when it is not a rule of the trigger */
async function findAddressedRule(
  db: Database,
  trigger: TriggerEntity,
  instance: string | undefined,
): Promise<RuleEntity | null> {
  const id = RULE_INSTANCE.exec(instance ?? '')?.[1];
  if (id === undefined) return null;
  const rule = await db.getRepository(RuleEntity).findOneBy({ id: Number(id), trigger: trigger.id });
  return found('rule', `${id} of trigger ${trigger.ref}`, rule);
}

const textOf = (value: Json): string | null => (value === null ? null : stringifyJson(value));
