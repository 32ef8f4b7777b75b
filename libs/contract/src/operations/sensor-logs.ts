import { z } from 'zod';
import { text, uint64 } from '../fields.js';
import { anyToken, defineOperation } from '../operation.js';
import { SensorLogSummary } from '../models/sensors.js';

export const sensorLogOperations = {
  listSensorLogs: defineOperation({
    operationId: 'listSensorLogs',
    method: 'GET',
    path: '/api/v1/sensors/{sensor_ref}/logs',
    summary: 'Says which logs of a sensor there are',
    auth: anyToken,
    permission: 'triggers:read',
    params: { sensor_ref: text() },
    success: { status: 200, shape: 'raw', model: SensorLogSummary },
    errors: [401, 403],
  }),
  readSensorLog: defineOperation({
    operationId: 'readSensorLog',
    method: 'GET',
    path: '/api/v1/sensors/{sensor_ref}/logs/{stream}',
    summary: 'Reads the output of a sensor',
    auth: anyToken,
    permission: 'triggers:read',
    params: { sensor_ref: text(), stream: z.enum(['stdout', 'stderr']) },
    query: {
      tail: uint64().optional(),
    },
    success: { status: 200, shape: 'binary' },
    errors: [400, 401, 403, 404, 422, 500],
  }),
} as const;
