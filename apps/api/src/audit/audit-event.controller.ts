import { type AuditEventResponse, type AuditEventSummary, operations, type Page } from '@attune/contract';
import { Controller, Inject } from '@nestjs/common';
import { without } from '../domain/changes.js';
import { type InputOf, Operation } from '../http/operation.decorator.js';
import { pageRequest, seriesPage } from '../http/reply.js';
import { ReadAuditEventsService } from './read-audit-events.service.js';
import { showAuditEvent, showAuditEventSummary } from './show-audit-event.js';

/** The audit log has nothing a grant could name: the permission was checked before. */
@Controller()
export class AuditEventController {
  constructor(@Inject(ReadAuditEventsService) private readonly events: ReadAuditEventsService) {}

  @Operation(operations.listAuditEvents)
  async list({ caller, query }: InputOf<typeof operations.listAuditEvents>): Promise<Page<AuditEventSummary>> {
    const { include_total: includeTotal, created_after, created_before, ...rest } = query;
    const same = without(rest, 'page', 'per_page');
    const created = {
      ...(created_after !== undefined && { fromMs: Date.parse(created_after) }),
      ...(created_before !== undefined && { toMs: Date.parse(created_before) }),
    };
    const page = { ...pageRequest(query), includeTotal };
    return seriesPage(query, await this.events.list(caller, { ...same, created }, page), showAuditEventSummary);
  }

  @Operation(operations.listAuditEventsByRequest)
  async listByRequest(input: InputOf<typeof operations.listAuditEventsByRequest>): Promise<AuditEventResponse[]> {
    const { caller, params } = input;
    return (await this.events.listOfRequest(caller, params.request_id)).map(showAuditEvent);
  }

  @Operation(operations.getAuditEvent)
  async get({ caller, params }: InputOf<typeof operations.getAuditEvent>): Promise<AuditEventResponse> {
    return showAuditEvent(await this.events.get(caller, params.id));
  }
}
