import { operations, type WebhookReceiverResponse } from '@attune/contract';
import { Controller, Inject } from '@nestjs/common';
import { type InputOf, Operation } from '../http/operation.decorator.js';
import { ReceiveWebhookService } from './receive-webhook.service.js';

@Controller()
export class WebhookController {
  constructor(@Inject(ReceiveWebhookService) private readonly receiver: ReceiveWebhookService) {}

  @Operation(operations.receiveWebhook)
  receive({ params, query, http }: InputOf<typeof operations.receiveWebhook>): Promise<WebhookReceiverResponse> {
    return this.receiver.execute(params.webhook_key, query.raw, http);
  }
}
