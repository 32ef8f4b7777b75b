import { Module } from '@nestjs/common';
import { ReceiveWebhookService } from './receive-webhook.service.js';
import { WebhookController } from './webhook.controller.js';
import { WebhookStore } from './webhook-store.service.js';

@Module({ controllers: [WebhookController], providers: [ReceiveWebhookService, WebhookStore] })
export class WebhooksModule {}
