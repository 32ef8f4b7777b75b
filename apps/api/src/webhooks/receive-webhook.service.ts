import { type AuditRecord, DomainError, type ErrorProblem, LOGGER, type Logger, SecretBox } from '@attune/common';
import { type WebhookEventConfig, type WebhookReceiverResponse } from '@attune/contract';
import { type Json, type JsonObject, stringifyJson } from '@attune/engine';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { type HttpExchange } from '../http/exchange.js';
import { countRequests } from './sql/count-requests.sql.js';
import { type Webhook } from './sql/find-webhooks.sql.js';
import { logRefusal, type WebhookLogEntry } from './sql/webhook-log.sql.js';
import { readWebhookBody, type WebhookBody } from './webhook-body.js';
import { isAddressAllowed, isSignatureRight } from './webhook-checks.js';
import { readWebhookOptions, type WebhookOptions } from './webhook-options.js';
import { type AcceptedRequest, isUnstorable, WebhookStore } from './webhook-store.service.js';

/** One request on its way through the checks; the fields about checks are filled as they are made. */
interface Attempt {
  readonly http: HttpExchange;
  readonly webhook: Webhook;
  readonly keyEnd: string;
  readonly receivedAt: Date;
  isAddressAllowed: boolean | null;
  isSignatureRight: boolean | null;
}

/** Why a request is refused; `logged` is the status its log shows when it differs from the answer. */
class Refusal extends Error {
  constructor(
    readonly problem: ErrorProblem,
    message: string,
    readonly logged: number,
  ) {
    super(message);
  }
}

/**
 * Turns a request into an event. The checks run in the order the contract gives; whatever a webhook demands and we cannot
 * check, is not fulfilled. Every request to an existing webhook is remembered, accepted ones in the statement that stores
 * the event.
 */
@Injectable()
export class ReceiveWebhookService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(WebhookStore) private readonly store: WebhookStore,
    @Inject(SecretBox) private readonly secrets: SecretBox,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async execute(key: string, isRaw: boolean, http: HttpExchange): Promise<WebhookReceiverResponse> {
    const receivedAt = new Date();
    const body = readWebhookBody(http.rawBody, isRaw);
    const webhook = await this.store.find(key);
    if (!webhook) {
      if (body.type === 'unreadable') throw new DomainError('webhook.bad_request', body.reason);
      throw new DomainError('webhook.not_found', 'There is no such webhook');
    }
    const attempt = {
      http,
      webhook,
      keyEnd: key.slice(-4),
      receivedAt,
      isAddressAllowed: null,
      isSignatureRight: null,
    };
    try {
      return await this.receive(attempt, body);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      await logRefusal(this.dataSource, logEntry(attempt, error.logged, error));
      if (error.problem === 'rate_limited') this.audit.note(http, rateLimited(webhook));
      this.logger.debug({ triggerRef: webhook.triggerRef, reason: error.message }, 'webhook request refused');
      throw new DomainError(`webhook.${error.problem}`, error.message);
    }
  }

  private async receive(attempt: Attempt, body: WebhookBody): Promise<WebhookReceiverResponse> {
    if (body.type === 'unreadable') throw new Refusal('bad_request', body.reason, 400);
    if (!attempt.webhook.isEnabled) throw new Refusal('bad_request', 'This webhook is not enabled', 400);
    const options = readWebhookOptions(attempt.webhook.options);
    if (!options) throw new Refusal('forbidden', 'The options of this webhook cannot be read', 403);
    requireSize(options, attempt);
    requireAddress(options, attempt);
    const { rate_limit: limit } = options;
    if (!limit?.enabled) return this.record((request) => this.store.record(request), attempt, options, body);
    return this.dataSource.transaction(async (db) => {
      await requireRate(db, limit, attempt);
      return this.record((request) => this.store.recordIn(db, request), attempt, options, body);
    });
  }

  private async record(
    store: (request: AcceptedRequest) => Promise<number>,
    attempt: Attempt,
    options: WebhookOptions,
    body: Extract<WebhookBody, { type: 'payload' }>,
  ): Promise<WebhookReceiverResponse> {
    this.requireSignature(options, attempt);
    const { webhook, receivedAt } = attempt;
    try {
      const id = await store({
        event: {
          trigger: webhook.trigger,
          triggerRef: webhook.triggerRef,
          configText: stringifyJson(configOf(attempt, body)),
          payloadText: body.payloadText,
          source: null,
          sourceRef: 'webhook',
          rule: null,
          ruleRef: null,
          triggerInstanceId: null,
        },
        log: logEntry(attempt, 200),
      });
      return {
        event_id: id,
        trigger_ref: webhook.triggerRef,
        received_at: withOffset(receivedAt),
        message: 'Webhook received successfully',
      };
    } catch (error) {
      if (!isUnstorable(error)) throw error;
      throw new Refusal('bad_request', 'The payload holds something that cannot be stored', 400);
    }
  }

  private requireSignature({ hmac }: WebhookOptions, attempt: Attempt): void {
    if (!hmac?.enabled) return;
    const { http } = attempt;
    const signature = http.header('x-webhook-signature') ?? http.header('x-hub-signature-256');
    const secret = this.openSecret(hmac.secret);
    attempt.isSignatureRight =
      secret !== null && isSignatureRight(hmac.algorithm, secret, { body: http.rawBody, signature });
    if (!attempt.isSignatureRight) throw new Refusal('unauthenticated', 'The signature is missing or wrong', 401);
  }

  /** Null when it was encrypted with another key: no signature is right then. */
  private openSecret(stored: string): string | null {
    try {
      const secret = this.secrets.open(stored);
      return typeof secret === 'string' && secret !== '' ? secret : null;
    } catch (error) {
      this.logger.error({ err: error }, 'the secret of a webhook cannot be opened');
      return null;
    }
  }
}

const rateLimited = ({ trigger, triggerRef }: Webhook): AuditRecord => ({
  type: 'security.rate_limited',
  resource: { type: 'trigger', id: trigger, ref: triggerRef },
  details: { what: 'webhook' },
});

function requireSize({ payload_size_limit_kb: limitKb }: WebhookOptions, { http }: Attempt): void {
  if (limitKb == null || http.rawBody.length <= limitKb * 1024) return;
  throw new Refusal('bad_request', `The body is larger than ${limitKb} KiB`, 413);
}

function requireAddress({ ip_whitelist: list }: WebhookOptions, attempt: Attempt): void {
  if (!list?.enabled) return;
  attempt.isAddressAllowed = isAddressAllowed(list.ips, attempt.http.ip);
  if (!attempt.isAddressAllowed) throw new Refusal('forbidden', 'This address may not send here', 403);
}

async function requireRate(
  db: EntityManager,
  limit: { requests: number; window_seconds: number },
  { webhook }: Attempt,
): Promise<void> {
  const count = await countRequests(db, webhook.trigger, limit.window_seconds);
  if (count >= limit.requests) throw new Refusal('rate_limited', 'Too many requests to this webhook', 429);
}

function configOf(
  { keyEnd, receivedAt, http, isSignatureRight }: Attempt,
  body: { headers: Json | undefined },
): JsonObject {
  const userAgent = http.header('user-agent');
  return {
    source: 'webhook',
    webhook_key: keyEnd,
    received_at: withOffset(receivedAt),
    ...(body.headers !== undefined && { headers: body.headers }),
    source_ip: http.ip,
    ...(userAgent !== undefined && { user_agent: userAgent }),
    ...(isSignatureRight !== null && { hmac_verified: isSignatureRight }),
  } satisfies WebhookEventConfig;
}

function logEntry(attempt: Attempt, statusCode: number, refusal?: Refusal): WebhookLogEntry {
  const { http, webhook } = attempt;
  return {
    trigger: webhook.trigger,
    triggerRef: webhook.triggerRef,
    keyEnd: attempt.keyEnd,
    sourceIp: http.ip,
    userAgent: http.header('user-agent') ?? null,
    sizeBytes: http.rawBody.length,
    statusCode,
    error: refusal?.message ?? null,
    processingMs: Date.now() - attempt.receivedAt.getTime(),
    isSignatureRight: attempt.isSignatureRight,
    isRateLimited: refusal?.problem === 'rate_limited',
    isAddressAllowed: attempt.isAddressAllowed,
  };
}

/** The form this one instant has had in the API since ever. */
const withOffset = (date: Date): string => date.toISOString().replace('Z', '+00:00');
