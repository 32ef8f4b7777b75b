import { execute, findTrigger, json, LOGGER, type Logger, SecretBox, sql, TriggerEntity } from '@attune/common';
import { operations, type TriggerWebhookConfig } from '@attune/contract';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AccessService } from '../access/access.service.js';
import { type Caller } from '../access/caller.js';
import { findForUpdate } from '../domain/find-for-update.js';
import { found } from '../domain/found.js';
import { triggerTarget } from '../triggers/show-trigger.js';
import { readSettings, showSettings } from './webhook-settings.js';

/** What webhooks ask of their senders. The settings stay when a webhook is switched off, and when it gets another key. */
@Injectable()
export class WebhookSettingsService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AccessService) private readonly access: AccessService,
    @Inject(SecretBox) private readonly secrets: SecretBox,
    @Inject(LOGGER) private readonly logger: Logger,
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
      return settings;
    });
    this.logger.info({ triggerRef: ref, identityId: caller.identityId }, 'webhook settings replaced');
    return showSettings(stored);
  }
}
