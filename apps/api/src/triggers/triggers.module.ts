import { Module } from '@nestjs/common';
import { ReadTriggersService } from './read-triggers.service.js';
import { TriggerWebhooksService } from './trigger-webhooks.service.js';
import { TriggerController } from './trigger.controller.js';
import { WriteTriggersService } from './write-triggers.service.js';

@Module({
  controllers: [TriggerController],
  providers: [ReadTriggersService, TriggerWebhooksService, WriteTriggersService],
})
export class TriggersModule {}
