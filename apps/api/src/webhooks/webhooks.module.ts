import { Module } from '@nestjs/common';
import { ReceiveWebhookService } from './receive-webhook.service.js';
import { WebhookController } from './webhook.controller.js';

@Module({ controllers: [WebhookController], providers: [ReceiveWebhookService] })
export class WebhooksModule {}
