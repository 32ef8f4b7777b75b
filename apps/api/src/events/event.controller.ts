import { findEvent, listEvents } from '@attune/common';
import { type CreatedEvents, type EventResponse, type EventSummary, operations, type Page } from '@attune/contract';
import { Controller, Inject } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AccessService } from '../access/access.service.js';
import { found } from '../domain/found.js';
import { type InputOf, Operation } from '../http/operation.decorator.js';
import { pageRequest, seriesPage } from '../http/reply.js';
import { CreateEventService } from './create-event.service.js';
import { EVENT_COLUMNS, eventTarget, showEvent, showEventSummary } from './show-event.js';

@Controller()
export class EventController {
  constructor(
    @Inject(CreateEventService) private readonly creation: CreateEventService,
    @Inject(AccessService) private readonly access: AccessService,
    @Inject(DataSource) private readonly dataSource: DataSource,
  ) {}

  @Operation(operations.listEvents)
  async list({ caller, query }: InputOf<typeof operations.listEvents>): Promise<Page<EventSummary>> {
    const visible = this.access.visible(caller, operations.listEvents, EVENT_COLUMNS);
    const page = { ...pageRequest(query), includeTotal: query.include_total };
    return seriesPage(query, await listEvents(this.dataSource, { ...query, visible }, page), showEventSummary);
  }

  @Operation(operations.getEvent)
  async get({ caller, params }: InputOf<typeof operations.getEvent>): Promise<EventResponse> {
    const event = found('event', params.id, await findEvent(this.dataSource, params.id));
    this.access.require(caller, operations.getEvent, eventTarget(event));
    return showEvent(event);
  }

  @Operation(operations.createEvent)
  async create({ caller, body }: InputOf<typeof operations.createEvent>): Promise<EventResponse> {
    return showEvent(await this.creation.one(caller, body));
  }

  @Operation(operations.createEvents)
  async createMany({ caller, body }: InputOf<typeof operations.createEvents>): Promise<CreatedEvents> {
    return { ids: await this.creation.many(caller, body.events) };
  }
}
