import {
  type CreateIntegrationTokenResponse,
  type IntegrationTokenResponse,
  operations,
  type SuccessResponse,
} from '@attune/contract';
import { Controller, Inject } from '@nestjs/common';
import { type InputOf, Operation } from '../http/operation.decorator.js';
import { IntegrationTokensService } from './integration-tokens.service.js';
import { showIntegrationToken } from './show-integration-token.js';

@Controller()
export class IntegrationTokenController {
  constructor(@Inject(IntegrationTokensService) private readonly tokens: IntegrationTokensService) {}

  @Operation(operations.listIntegrationTokens)
  async list({ params }: InputOf<typeof operations.listIntegrationTokens>): Promise<IntegrationTokenResponse[]> {
    const now = new Date();
    return (await this.tokens.list(params.id)).map((token) => showIntegrationToken(token, now));
  }

  @Operation(operations.createIntegrationToken)
  async create({
    caller,
    params,
    body,
  }: InputOf<typeof operations.createIntegrationToken>): Promise<CreateIntegrationTokenResponse> {
    const { token, stored } = await this.tokens.create(caller, params.id, body);
    return { token, integration_token: showIntegrationToken(stored, new Date()) };
  }

  @Operation(operations.revokeIntegrationToken)
  async revoke({
    caller,
    params,
    body,
  }: InputOf<typeof operations.revokeIntegrationToken>): Promise<IntegrationTokenResponse> {
    return showIntegrationToken(await this.tokens.revoke(caller, params, body.reason), new Date());
  }

  @Operation(operations.deleteIntegrationToken)
  async delete({ caller, params }: InputOf<typeof operations.deleteIntegrationToken>): Promise<SuccessResponse> {
    await this.tokens.delete(caller, params);
    return { success: true, message: `Integration token ${params.token_id} deleted` };
  }
}
