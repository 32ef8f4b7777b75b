import { defineOperation } from '../operation.js';
import { HealthBasic, HealthResponse, HealthUnavailable } from '../models/health.js';

export const healthOperations = {
  getHealth: defineOperation({
    operationId: 'getHealth',
    method: 'GET',
    path: '/health',
    summary: 'Says that the process answers',
    auth: 'none',
    permission: null,
    success: { status: 200, shape: 'raw', model: HealthBasic },
    errors: [],
  }),
  getHealthDetails: defineOperation({
    operationId: 'getHealthDetails',
    method: 'GET',
    path: '/health/detailed',
    summary: 'Says what the service runs on and whether it works',
    auth: 'none',
    permission: null,
    success: { status: 200, shape: 'raw', model: HealthResponse },
    errors: [503],
    errorModel: HealthUnavailable,
  }),
  getLiveness: defineOperation({
    operationId: 'getLiveness',
    method: 'GET',
    path: '/health/live',
    summary: 'Answers while the process turns',
    auth: 'none',
    permission: null,
    success: { status: 200, shape: 'none' },
    errors: [],
  }),
  getReadiness: defineOperation({
    operationId: 'getReadiness',
    method: 'GET',
    path: '/health/ready',
    summary: 'Answers once the database is reachable and its schema is current',
    auth: 'none',
    permission: null,
    success: { status: 200, shape: 'none' },
    errors: [503],
  }),
} as const;
