import {
  type AuditEventEntity,
  type AuditEventFilter,
  type AuditEventSummaryRow,
  type AuditRecord,
  DomainError,
  findAuditEvent,
  listAuditEvents,
  listAuditEventsOfRequest,
  type TimeSeriesPage,
  type TimeSeriesPageRequest,
} from '@attune/common';
import { type JsonObject } from '@attune/engine';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Caller } from '../access/caller.js';
import { asStored, iso } from '../domain/wire.js';
import { AuditTrail } from './audit-trail.service.js';
import { requestWindow } from './request-window.js';

/** Reads the audit log. Whoever does is in it before they have an answer. */
@Injectable()
export class ReadAuditEventsService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  async list(
    caller: Caller,
    filter: AuditEventFilter,
    page: TimeSeriesPageRequest,
  ): Promise<TimeSeriesPage<AuditEventSummaryRow>> {
    const events = await listAuditEvents(this.dataSource, narrowed(filter), page);
    await this.audit.recordNow(caller, read({ filter: asAsked(filter), ...page, rows: events.rows.length }));
    return events;
  }

  /** @throws DomainError 404 */
  async get(caller: Caller, id: number): Promise<AuditEventEntity> {
    const event = await findAuditEvent(this.dataSource, id);
    await this.audit.recordNow(caller, { ...read({}), resource: { type: 'audit_event', id } });
    if (event === null) throw new DomainError('audit.not_found', `There is no audit event ${id}`);
    return event;
  }

  /** Of a request nobody sent to us there is nothing. */
  async listOfRequest(caller: Caller, requestId: string): Promise<AuditEventEntity[]> {
    const window = requestWindow(requestId);
    const events = window ? await listAuditEventsOfRequest(this.dataSource, requestId, window) : [];
    await this.audit.recordNow(caller, read({ filter: { request_id: requestId }, rows: events.length }));
    return events;
  }
}

const read = (details: JsonObject): AuditRecord => ({ type: 'audit_log.read', details });

/** What is looked for of one request is looked for where it can be. */
function narrowed(filter: AuditEventFilter): AuditEventFilter {
  if (filter.request_id === undefined) return filter;
  const window = requestWindow(filter.request_id) ?? { fromMs: 0, toMs: 0 };
  return {
    ...filter,
    created: {
      fromMs: Math.max(window.fromMs, filter.created?.fromMs ?? window.fromMs),
      toMs: Math.min(window.toMs, filter.created?.toMs ?? window.toMs),
    },
  };
}

/** A filter in the words of the request. */
function asAsked({ created, ...exact }: AuditEventFilter): JsonObject {
  const given = {
    ...exact,
    ...(created?.fromMs !== undefined && { created_after: iso(new Date(created.fromMs)) }),
    ...(created?.toMs !== undefined && { created_before: iso(new Date(created.toMs)) }),
  };
  return asStored(given);
}
