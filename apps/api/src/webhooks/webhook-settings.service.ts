import { type Database, execute, findTrigger, json, SecretBox, sql, TriggerEntity } from '@attune/common';
import { operations, type TriggerWebhookConfig } from '@attune/contract';
import { type JsonObject } from '@attune/engine';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AccessService } from '../access/access.service.js';
import { type Caller } from '../access/caller.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { findForUpdate } from '../domain/find-for-update.js';
import { found } from '../domain/found.js';
import { triggerTarget } from '../triggers/show-trigger.js';
import { readSettings, secretOf, showSettings } from './webhook-settings.js';

/** What webhooks ask of their senders. The settings stay when a webhook is switched off, and when it gets another key. */
@Injectable()
export class WebhookSettingsService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AccessService) private readonly access: AccessService,
    @Inject(SecretBox) private readonly secrets: SecretBox,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  async get(caller: Caller, ref: string): Promise<TriggerWebhookConfig> {
    const trigger = found('trigger', ref, await findTrigger(this.dataSource, ref));
    this.access.require(caller, operations.getTriggerWebhookConfig, triggerTarget(trigger));
    return showSettings(trigger.webhook_config);
  }

  async replace(caller: Caller, ref: string, given: TriggerWebhookConfig): Promise<TriggerWebhookConfig> {
    const stored = await this.dataSource.transaction(async (db) => {
      const trigger = found('trigger', ref, await findForUpdate(db, TriggerEntity, ref));
      this.access.require(caller, operations.updateTriggerWebhookConfig, triggerTarget(trigger));
      const settings = readSettings(given, trigger.webhook_config, this.secrets);
      await execute(
        db,
        sql`update trigger as t set webhook_config = ${json(settings)}::jsonb where t.id = ${trigger.id}`,
      );
      await this.tell(db, caller, trigger, settings);
      return settings;
    });
    return showSettings(stored);
  }

  private async tell(db: Database, caller: Caller, trigger: TriggerEntity, settings: JsonObject): Promise<void> {
    const resource = { type: 'trigger', id: trigger.id, ref: trigger.ref };
    await this.audit.record(db, caller, {
      type: 'definition.trigger.changed',
      resource,
      details: { fields: ['webhook_config'] },
    });
    if (secretOf(settings) === secretOf(trigger.webhook_config)) return;
    await this.audit.record(db, caller, { type: 'security.webhook_secret.changed', resource });
  }
}
