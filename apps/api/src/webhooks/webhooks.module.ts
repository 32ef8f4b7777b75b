import { Module } from '@nestjs/common';
import { ReceiveWebhookService } from './receive-webhook.service.js';
import { WebhookController } from './webhook.controller.js';
import { WebhookSettingsController } from './webhook-settings.controller.js';
import { WebhookSettingsService } from './webhook-settings.service.js';
import { WebhookStore } from './webhook-store.service.js';

@Module({
  controllers: [WebhookController, WebhookSettingsController],
  providers: [ReceiveWebhookService, WebhookSettingsService, WebhookStore],
})
export class WebhooksModule {}
