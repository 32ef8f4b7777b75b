import { z } from 'zod';
import { enumeration, response } from '../define.js';
import { text, uint32 } from '../fields.js';

/** The process answers. */
export const HealthBasic = response('HealthBasic', {
  status: z.literal('ok'),
});
export type HealthBasic = z.output<typeof HealthBasic>;

/** Which PostgreSQL the service found: with TimescaleDB's community or Apache edition, or without TimescaleDB. */
export const DatabaseKind = enumeration('DatabaseKind', ['timescale', 'apache', 'plain']);
export type DatabaseKind = z.output<typeof DatabaseKind>;

/** What the service runs on. Everything after `database` is for operators. */
export const HealthResponse = response('HealthResponse', {
  status: z.literal('ok'),
  version: text(),
  database: z.literal('connected'),
  database_kind: DatabaseKind,
  postgresql_version: text(),
  /** Null without TimescaleDB. */
  timescaledb_version: text().nullable(),
  messaging: z.enum(['postgres', 'rabbitmq']),
  /** Workers with a recent heartbeat. */
  workers_alive: uint32(),
});
export type HealthResponse = z.output<typeof HealthResponse>;

/** The database cannot be reached. */
export const HealthUnavailable = response('HealthUnavailable', {
  status: z.literal('error'),
  database: z.literal('disconnected'),
  error: text(),
});
export type HealthUnavailable = z.output<typeof HealthUnavailable>;
