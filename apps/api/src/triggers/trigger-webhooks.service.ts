import { randomBytes } from 'node:crypto';
import {
  disableWebhook,
  DomainError,
  enableWebhook,
  findTrigger,
  replaceWebhookKey,
  type TriggerEntity,
} from '@attune/common';
import { type AnyOperation, operations } from '@attune/contract';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AccessService } from '../access/access.service.js';
import { type Caller } from '../access/caller.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { found } from '../domain/found.js';
import { triggerTarget } from './show-trigger.js';

/** Gives triggers a webhook address and takes it away. The key in it is the only thing that protects it. */
@Injectable()
export class TriggerWebhooksService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AccessService) private readonly access: AccessService,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  enable(caller: Caller, ref: string): Promise<TriggerEntity> {
    return this.change(caller, ref, operations.enableTriggerWebhook, () =>
      enableWebhook(this.dataSource, ref, newWebhookKey()),
    );
  }

  disable(caller: Caller, ref: string): Promise<TriggerEntity> {
    return this.change(caller, ref, operations.disableTriggerWebhook, () => disableWebhook(this.dataSource, ref));
  }

  regenerate(caller: Caller, ref: string): Promise<TriggerEntity> {
    return this.change(caller, ref, operations.regenerateTriggerWebhook, (trigger) =>
      this.dataSource.transaction(async (db) => {
        if (!(await replaceWebhookKey(db, ref, newWebhookKey()))) {
          throw new DomainError('webhook.bad_request', `The webhook of ${ref} is not enabled`);
        }
        await this.audit.record(db, caller, {
          type: 'security.webhook_secret.changed',
          resource: { type: 'trigger', id: trigger.id, ref },
          details: { fields: ['webhook_key'] },
        });
      }),
    );
  }

  private async change(
    caller: Caller,
    ref: string,
    operation: AnyOperation,
    change: (trigger: TriggerEntity) => Promise<unknown>,
  ): Promise<TriggerEntity> {
    const trigger = found('trigger', ref, await findTrigger(this.dataSource, ref));
    this.access.require(caller, operation, triggerTarget(trigger));
    await change(trigger);
    return found('trigger', ref, await findTrigger(this.dataSource, ref));
  }
}

/** 128 random bits: nobody guesses one. */
const newWebhookKey = (): string => `wh_${randomBytes(16).toString('hex')}`;
