import { operations, type TriggerWebhookConfig } from '@attune/contract';
import { Controller, Inject } from '@nestjs/common';
import { type InputOf, Operation } from '../http/operation.decorator.js';
import { WebhookSettingsService } from './webhook-settings.service.js';

@Controller()
export class WebhookSettingsController {
  constructor(@Inject(WebhookSettingsService) private readonly settings: WebhookSettingsService) {}

  @Operation(operations.getTriggerWebhookConfig)
  get({ caller, params }: InputOf<typeof operations.getTriggerWebhookConfig>): Promise<TriggerWebhookConfig> {
    return this.settings.get(caller, params.ref);
  }

  @Operation(operations.updateTriggerWebhookConfig)
  replace(input: InputOf<typeof operations.updateTriggerWebhookConfig>): Promise<TriggerWebhookConfig> {
    return this.settings.replace(input.caller, input.params.ref, input.body);
  }
}
