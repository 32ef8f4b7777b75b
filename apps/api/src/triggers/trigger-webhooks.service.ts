import { randomBytes } from 'node:crypto';
import {
  type AuditRecord,
  disableWebhook,
  DomainError,
  enableWebhook,
  findTrigger,
  replaceWebhookKey,
  TriggerEntity,
} from '@attune/common';
import { type AnyOperation, operations } from '@attune/contract';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AccessService } from '../access/access.service.js';
import { type Caller } from '../access/caller.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { definitionUpdated } from '../audit/definition-audit.js';
import { changedFields } from '../domain/changes.js';
import { findForUpdate } from '../domain/find-for-update.js';
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
    return this.change(caller, ref, operations.enableTriggerWebhook, (db) => enableWebhook(db, ref, newWebhookKey()));
  }

  disable(caller: Caller, ref: string): Promise<TriggerEntity> {
    return this.change(caller, ref, operations.disableTriggerWebhook, (db) => disableWebhook(db, ref));
  }

  regenerate(caller: Caller, ref: string): Promise<TriggerEntity> {
    return this.change(caller, ref, operations.regenerateTriggerWebhook, async (db) => {
      if (await replaceWebhookKey(db, ref, newWebhookKey())) return;
      throw new DomainError('webhook.bad_request', `The webhook of ${ref} is not enabled`);
    });
  }

  private async change(
    caller: Caller,
    ref: string,
    operation: AnyOperation,
    change: (db: EntityManager) => Promise<unknown>,
  ): Promise<TriggerEntity> {
    return this.dataSource.transaction(async (db) => {
      const before = found('trigger', ref, await findForUpdate(db, TriggerEntity, ref));
      this.access.require(caller, operation, triggerTarget(before));
      await change(db);
      const after = found('trigger', ref, await findTrigger(db, ref));
      const { webhook_enabled, webhook_key, webhook_config } = after;
      const fields = changedFields(before, { webhook_enabled, webhook_key, webhook_config });
      await this.audit.record(db, caller, ...definitionUpdated('trigger', after, fields), ...keyChanged(after, fields));
      return after;
    });
  }
}

/** The key is a secret of its own: that it is another one now must be found by whoever looks for just that. */
const keyChanged = ({ id, ref }: TriggerEntity, fields: readonly string[]): AuditRecord[] =>
  fields.includes('webhook_key')
    ? [
        {
          type: 'security.webhook_secret.changed',
          resource: { type: 'trigger', id, ref },
          details: { field: 'webhook_key' },
        },
      ]
    : [];

/** 128 random bits: nobody guesses one. */
const newWebhookKey = (): string => `wh_${randomBytes(16).toString('hex')}`;
