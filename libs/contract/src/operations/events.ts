import { bool, capped, int64, text } from '../fields.js';
import { anyToken, defineOperation, pageNumber } from '../operation.js';
import { CreateEventRequest, EventResponse, EventSummary } from '../models/events.js';

export const eventOperations = {
  listEvents: defineOperation({
    operationId: 'listEvents',
    method: 'GET',
    path: '/api/v1/events',
    summary: 'Lists events, newest first',
    auth: anyToken,
    permission: 'events:read',
    orPermission: 'triggers:read',
    query: {
      trigger: int64().optional(),
      trigger_ref: text().optional(),
      rule_ref: text().optional(),
      source: int64().optional(),
      include_total: bool().default(false),
      page: pageNumber(),
      per_page: capped(50, 1000),
    },
    success: { status: 200, shape: 'paginated', model: EventSummary },
    errors: [400, 401, 403],
  }),
  createEvent: defineOperation({
    operationId: 'createEvent',
    method: 'POST',
    path: '/api/v1/events',
    summary: 'Records an event on behalf of a sensor or an execution',
    auth: ['execution', 'sensor', 'worker'],
    permission: 'events:create',
    body: CreateEventRequest,
    success: { status: 201, shape: 'data', model: EventResponse },
    errors: [400, 401, 403, 404, 413, 415, 422],
  }),
  getEvent: defineOperation({
    operationId: 'getEvent',
    method: 'GET',
    path: '/api/v1/events/{id}',
    summary: 'Reads an event',
    auth: anyToken,
    permission: 'events:read',
    orPermission: 'triggers:read',
    params: { id: int64() },
    success: { status: 200, shape: 'data', model: EventResponse },
    errors: [400, 401, 403, 404],
  }),
} as const;
