import { insertEnforcements, LOGGER, type Logger, type Message, type NewEnforcement } from '@attune/common';
import { type EventView, type JsonObject, parseJson, timeIdCreatedIso, withRawNumbers } from '@attune/engine';
import { Inject, Injectable } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { type EntityManager } from 'typeorm';
import { type ExecutionStart, StartExecutionsService } from '../executions/start-executions.service.js';
import { idsOf } from '../message-ids.js';
import { type RunnableAction } from '../placement/sql/list-runnable-actions.sql.js';
import { SecretStore } from '../secrets/secret-store.js';
import { sliceByWeight } from './slice-by-weight.js';
import { decideRule, type PreparedRule, prepareRule } from './match-rules.js';
import { type EventHead, listEventHeads, SMALL_PAYLOAD_BYTES } from './sql/list-event-heads.sql.js';
import { listActiveRules } from './sql/list-active-rules.sql.js';
import { listEventPayloads } from './sql/list-event-payloads.sql.js';

/** Payload bytes (as stored) times rules that are handled at once: it bounds the memory of a batch, whatever its events carry. */
const SLICE_BYTES = 16 * 1024 * 1024;

/** Pause (ms) when the workers are full. */
const CROWDED_PAUSE_MS = 25;

/** An event whose trigger has rules to be asked. */
interface Candidate {
  readonly head: EventHead;
  readonly rules: readonly PreparedRule[];
}

/** A rule that matched an event, on its way into the database. */
interface Match {
  readonly eventId: number;
  readonly event: EventView;
  readonly rule: PreparedRule;
  /** Secrets still in it; null: none, or they could not be rendered. */
  readonly parameters: JsonObject | null;
  readonly renderError: string | null;
}

/**
 * Turns events into enforcements and executions: for each event one enforcement and one execution per enabled rule of its
 * trigger whose conditions hold. Everything happens in the transaction that consumes the messages, so an event is acted on
 * exactly once, whatever dies when.
 */
@Injectable()
export class EnforceEventsService {
  private isCrowded = false;

  constructor(
    private readonly secrets: SecretStore,
    private readonly executions: StartExecutionsService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Resolves when the next events may be taken: at once, but for a moment when the last ones have filled the workers. Executions
   * that find no room are stored, put off, brought forward and moved, each with a write; events simply stay in their queue. Never
   * long: other events may be for workers that have room.
   */
  async untilReady(signal: AbortSignal): Promise<void> {
    if (!this.isCrowded) return;
    this.isCrowded = false;
    await delay(CROWDED_PAUSE_MS, undefined, { signal }).catch(() => undefined);
  }

  async handle(db: EntityManager, messages: readonly Message[]): Promise<void> {
    const candidates = await this.findCandidates(db, idsOf(messages, 'event_id'));
    const weightOf = ({ head, rules }: Candidate): number => head.payloadBytes * (rules.length + 1);
    for (const slice of sliceByWeight(candidates, weightOf, SLICE_BYTES)) {
      await this.record(db, await this.match(db, slice));
    }
  }

  /** Most triggers have no rule; large payloads of their events are never read. */
  private async findCandidates(db: EntityManager, ids: readonly number[]): Promise<Candidate[]> {
    const heads = await listEventHeads(db, ids);
    const triggers = new Set(heads.map(({ trigger }) => trigger).filter((trigger) => trigger !== null));
    if (triggers.size === 0) return [];
    const active = await listActiveRules(db, [...triggers]);
    const prepared = active.map((rule) => prepareRule(rule, (values) => this.secrets.openValues(values)));
    const rules = Map.groupBy(prepared, ({ trigger }) => trigger);
    return heads.flatMap((head) => {
      const ofTrigger = head.trigger === null ? [] : (rules.get(head.trigger) ?? []);
      const asked = head.isForOneRule ? ofTrigger.filter(({ id }) => id === head.rule) : ofTrigger;
      return asked.length === 0 ? [] : [{ head, rules: asked }];
    });
  }

  private async match(db: EntityManager, candidates: readonly Candidate[]): Promise<Match[]> {
    const large = candidates.filter(({ head }) => head.payloadBytes > SMALL_PAYLOAD_BYTES);
    const payloads = new Map(
      (
        await listEventPayloads(
          db,
          large.map(({ head }) => head.id),
        )
      ).map(({ id, payload }) => [id, payload]),
    );
    const timestamp = new Date().toISOString();
    return candidates.flatMap(({ head, rules }) => {
      const payload = head.payload ?? payloads.get(head.id) ?? null;
      const event: EventView = {
        id: head.id,
        trigger_ref: head.triggerRef,
        payload: payload === null ? null : parseJson(payload),
        created: timeIdCreatedIso(head.id),
      };
      return rules.flatMap((rule) => this.decide(rule, event, timestamp));
    });
  }

  private decide(rule: PreparedRule, event: EventView, timestamp: string): Match[] {
    const decision = decideRule(rule, event, timestamp);
    const errors = decision.type === 'broken' ? [decision.error] : decision.errors;
    if (errors.length > 0) {
      this.logger.warn({ eventId: event.id, ruleRef: rule.ref, outcome: decision.type, errors }, 'rule has errors');
    }
    if (decision.type === 'no_match') return [];
    // The schema that says what is secret went with the action: nothing of the parameters may be kept.
    const parameters = decision.type === 'match' && rule.action !== null ? decision.parameters : null;
    const renderError = decision.type === 'broken' ? decision.error : null;
    return [{ eventId: event.id, event, rule, parameters, renderError }];
  }

  private async record(db: EntityManager, matches: readonly Match[]): Promise<void> {
    const redactions = matches.map(({ rule, parameters }) => {
      const source = { kind: 'pack_config', ref: rule.packRef } as const;
      return this.secrets.redact(rule.paramSchema, parameters, { pointers: rule.secretPointers, source });
    });
    const ids = await insertEnforcements(
      db,
      matches.map((match, index) => toEnforcement(match, redactions[index]?.redacted ?? null)),
    );
    await this.secrets.store(
      db,
      'enforcement_config',
      ids.map((entityId, index) => ({ entityId, secrets: redactions[index]?.secrets ?? [] })),
    );
    const starts = matches.flatMap((match, index): ExecutionStart[] => {
      const enforcement = ids[index];
      if (enforcement === undefined || !canStart(match.rule)) return [];
      return [toStart(match, enforcement, redactions[index]?.redacted ?? null)];
    });
    await this.executions.start(db, starts);
    this.isCrowded = this.executions.isCrowdedFor(starts.length);
  }
}

function canStart(rule: PreparedRule): boolean {
  return rule.action !== null && rule.isActionEnabled;
}

function toEnforcement({ eventId, event, rule }: Match, config: JsonObject | null): NewEnforcement {
  return {
    rule: rule.id,
    rule_ref: rule.ref,
    trigger_ref: rule.triggerRef,
    event: eventId,
    config,
    payload: withRawNumbers(event.payload),
    conditions: withRawNumbers(rule.parsedConditions),
    status: canStart(rule) ? 'processed' : 'disabled',
  };
}

/** The rule has been read together with its action: placement need not ask again. */
function runnableAction(rule: PreparedRule): RunnableAction {
  return {
    ref: rule.actionRef,
    isEnabled: rule.isActionRunnable,
    isWorkflow: rule.workflowDef !== null,
    isLimited: rule.isActionLimited,
    runtimeRef: rule.runtimeRef,
    runtimeVersionConstraint: rule.runtimeVersionConstraint,
    requiredWorkerRuntimes: rule.requiredWorkerRuntimes,
    workerSelector: rule.workerSelector,
    workerTolerations: rule.workerTolerations,
    workerAffinity: rule.workerAffinity,
    paramSchema: rule.paramSchema,
  };
}

function toStart(
  { rule, parameters, renderError }: Match,
  enforcement: number,
  config: JsonObject | null,
): ExecutionStart {
  return {
    enforcement,
    config,
    placeable: { parameters: parameters ?? {}, action: runnableAction(rule) },
    action: rule.action,
    actionRef: rule.actionRef,
    ruleRef: rule.ref,
    triggerRef: rule.triggerRef,
    ownerIdentity: rule.ownerIdentity,
    permissionSetRefs: rule.permissionSetRefs ?? rule.defaultPermissionSetRefs,
    retentionPolicy: rule.retentionPolicy,
    retentionLimit: rule.retentionLimit,
    workflowDef: rule.workflowDef,
    failure: renderError === null ? null : `The parameters of rule '${rule.ref}' cannot be rendered: ${renderError}`,
  };
}
